import { type Clock, systemClock } from "./clock.ts";
import type { ItemQueue } from "./item-queue.ts";

/** What `waitForItem` takes besides the queue. */
export interface WaitForItemOptions {
  /** How long to wait, in milliseconds. @default 100 */
  timeoutMs?: number;
  /** Ends the wait; the promise rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** @internal Replaced in tests. */
  clock?: Clock;
}

/**
 * The next item of a queue, or null when none comes in time; one that comes later stays in the queue. For `emit`:
 * `return waitForItem(this.queue)`.
 */
export async function waitForItem<Item>(
  queue: Pick<ItemQueue<Item>, "get">,
  { timeoutMs = 100, signal, clock = systemClock }: WaitForItemOptions = {},
): Promise<Item | null> {
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  const onAbort = (): void => timeout.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    return await queue.get(timeout.signal);
  } catch (thrown) {
    signal?.throwIfAborted();
    if (timeout.signal.aborted) return null;
    throw thrown;
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}
