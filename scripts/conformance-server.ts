// `npm run conformance-server`: one application with a stream for every kind of handler, to test clients against.
// PORT (7870) and HOST (127.0.0.1) come from the environment.
import { BuildError, buildWhatIsStale } from "./build-package.ts";
import { PROJECT } from "./project.ts";

try {
  await buildWhatIsStale((name) => console.log(`Building the ${name} ...`));
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exit(1);
}
await import(new URL("test/conformance/server-program.ts", PROJECT).href);
