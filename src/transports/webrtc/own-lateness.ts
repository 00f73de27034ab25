import type { Clock } from "../../async/clock.ts";

/** A thread that was busy for less was not late, in milliseconds. */
const MIN_BUSY_MS = 50;
/** Share of the time since the look before that it must have been busy. */
const MIN_BUSY_SHARE = 0.5;
/** How long after a block the packets count as the ones that waited meanwhile, in milliseconds. */
const BACKLOG_MS = 30;

/**
 * Tells what the network held up from what this thread did: a handler that blocks it leaves a backlog of packets that came in time.
 * It reads how long the thread was idle, at most twenty times a second.
 */
export class OwnLateness {
  readonly #clock: Pick<Clock, "idleMs">;
  #seen: { readonly atMs: number; readonly idleMs: number } | undefined;
  #backlogUntilMs = -Infinity;

  constructor(clock: Pick<Clock, "idleMs">) {
    this.#clock = clock;
  }

  /** Whether what is at hand now waited for this thread. Times may repeat, and one that is older than the last changes nothing. */
  isBehindAt(nowMs: number): boolean {
    const seen = this.#seen;
    if (seen && nowMs - seen.atMs < MIN_BUSY_MS) return nowMs <= this.#backlogUntilMs;
    const idleMs = this.#clock.idleMs?.();
    if (idleMs === undefined) return false;
    this.#seen = { atMs: nowMs, idleMs };
    if (!seen) return false;
    const passedMs = nowMs - seen.atMs;
    const busyMs = passedMs - (idleMs - seen.idleMs);
    if (busyMs >= MIN_BUSY_MS && busyMs >= passedMs * MIN_BUSY_SHARE) this.#backlogUntilMs = nowMs + BACKLOG_MS;
    return nowMs <= this.#backlogUntilMs;
  }
}
