// `npm run test:aiortc`: Python's aiortc against the conformance server. Not part of `npm test`, since it needs Python 3 and,
// the first time, a minute to install FastRTC's Python packages into the user's cache. Arguments choose checks by name.
import { fileURLToPath } from "node:url";
import { preparePeerEnvironment } from "../bench/servers/fastrtc-environment.ts";
import { buildWhatIsStale } from "./build-package.ts";
import { PROJECT } from "./project.ts";
import { run } from "./run-tool.ts";

await buildWhatIsStale((name) => console.log(`Building the ${name} ...`));
const python = await preparePeerEnvironment();
const { startConformanceServer } = await import("../test/conformance/conformance-server.ts");
const server = await startConformanceServer({ port: 0 });
const client = fileURLToPath(new URL("test/aiortc/client.py", PROJECT));
const { code } = await run(python, [client, server.url, ...process.argv.slice(2)], { show: true });
await server.close();
process.exit(code);
