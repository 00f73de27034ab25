import { createRequire } from "node:module";

const { version: packageVersion } = createRequire(import.meta.url)("../package.json") as { version: string };

/** The version of this package, as in its package.json. */
export const version: string = packageVersion;
