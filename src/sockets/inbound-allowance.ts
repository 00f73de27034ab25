/** How far ahead of real time a peer's sound may run, in milliseconds: what a stalled network delivers in one go. */
const MAX_AHEAD_MS = 5000;
/** What a message costs at least, in milliseconds of sound: 400 messages a second may come without any. */
const MIN_COST_MS = 2.5;

/**
 * Bounds what one peer may send: sound in real time and 5 s ahead of it, and 400 messages a second with little or
 * nothing in them (2,000 in a burst). Without it one peer that floods the server costs all others their time.
 */
export class InboundAllowance {
  #aheadMs = 0;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Whether a message may be read now. One that may not is to be dropped unread. */
  isOpen(nowMs: number): boolean {
    this.#aheadMs = Math.max(0, this.#aheadMs - (nowMs - this.#atMs));
    this.#atMs = nowMs;
    return this.#aheadMs < MAX_AHEAD_MS;
  }

  /** Counts a message that was read, with the sound that was in it. */
  spend(soundMs: number): void {
    this.#aheadMs += Math.max(soundMs, MIN_COST_MS);
  }
}
