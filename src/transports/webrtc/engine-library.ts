import { isMainThread } from "node:worker_threads";
import { FastRtcError } from "../../errors.ts";

/**
 * The native library. It keeps its classes in one place per process, so a second thread that loaded it would take them from
 * the first: a worker that imports this package, for its frames, does not load it.
 */
const library = isMainThread ? await import("node-datachannel") : undefined;

/** @throws {FastRtcError} `invalid_argument` in a worker thread. */
export function engineLibrary(): typeof import("node-datachannel") {
  if (library) return library;
  throw new FastRtcError(
    "invalid_argument",
    "WebRTC runs on the main thread only. Leave the Stream there, and move a heavy handler with WorkerHandler.",
  );
}
