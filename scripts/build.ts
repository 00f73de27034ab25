// `npm run build`: makes dist/, the package as it is published.
import { BuildError, buildPackage } from "./build-package.ts";

try {
  await buildPackage();
  console.log("Built dist/ and dist/page/.");
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
