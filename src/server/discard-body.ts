import type { IncomingMessage } from "node:http";

/** How much of a refused upload is read and thrown away, in bytes, and for how long, in milliseconds. */
const MAX_DISCARDED_BYTES = 33_554_432;
const MAX_DISCARDING_MS = 1000;

/**
 * Reads what is left of a request's body and throws it away. A connection that is closed while its client still writes
 * is reset, and the client never sees the answer. Resolves once the body has ended, or is too long to wait for.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let byteLength = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", done).off("close", done).pause();
      resolve();
    };
    const onData = (chunk: Uint8Array): void => {
      byteLength += chunk.byteLength;
      if (byteLength > MAX_DISCARDED_BYTES) done();
    };
    const timer = setTimeout(done, MAX_DISCARDING_MS);
    request.on("data", onData).once("end", done).once("close", done).resume();
  });
}
