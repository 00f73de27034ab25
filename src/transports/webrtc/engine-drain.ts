/** Each turn of the event loop empties up to 1,000 calls from the queue of one of the engine's callbacks. */
const TURNS = 64;

/**
 * Resolves once the engine's callbacks have run for what it had queued. Freed before that, a track or channel would leak every packet and
 * message that still waits for its callback.
 */
export async function engineDrained(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
