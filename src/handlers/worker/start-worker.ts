import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { FastRtcError } from "../../errors.ts";
import type { WorkerStart } from "./worker-messages.ts";

/** What runs in the worker; beside this file in a checkout, as in the built package. */
const ENTRY = new URL(import.meta.url.replace(/start-worker\.(\w+)$/, "worker-entry.$1"));

/**
 * Starts a worker for a handler's module.
 * @throws {FastRtcError} `invalid_argument` for a TypeScript module where neither Node nor tsx can run it.
 */
export function startWorker(start: WorkerStart): Worker {
  const needsTypeScript = [ENTRY.pathname, new URL(start.module).pathname].some((path) => /\.[cm]?tsx?$/.test(path));
  if (!needsTypeScript || runsTypeScript()) return new Worker(ENTRY, { workerData: start });
  // Loaders of the main thread do not reach workers: the worker registers its own, then goes on.
  const loader = JSON.stringify(typeScriptLoader(start.module));
  const source = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(ENTRY.href)}); });`;
  return new Worker(source, { eval: true, workerData: start });
}

/** Whether Node itself strips types, as it does from 22.18. */
function runsTypeScript(): boolean {
  return "typescript" in process.features && Boolean(process.features.typescript);
}

/** tsx, as the handler's own project has it. */
function typeScriptLoader(module: string): string {
  try {
    // Resolution for `require` is the one that can start elsewhere than here; the module for `import` lies beside what it finds.
    return pathToFileURL(
      createRequire(module)
        .resolve("tsx/esm/api")
        .replace(/\.cjs$/, ".mjs"),
    ).href;
  } catch (cause) {
    throw new FastRtcError(
      "invalid_argument",
      `The worker cannot run ${module}: this Node does not run TypeScript. Install tsx, compile the module, ` +
        "or use Node 22.18 or newer.",
      { cause },
    );
  }
}
