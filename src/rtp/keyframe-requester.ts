export interface KeyframeRequesterOptions {
  /** Least time from one request to the next, in milliseconds. @default 300 */
  readonly minimumIntervalMs?: number;
}

/**
 * Decides when to ask the peer for a keyframe (RFC 4585 §6.3.1, RFC 5104 §4.3.1): at once when one is needed, then again until it comes, with as much time
 * between as the answer takes. One request per broken frame would make the peer send nothing but keyframes.
 */
export class KeyframeRequester {
  readonly #minimumIntervalMs: number;
  #roundTripMs = 0;
  #needed = false;
  #requestedAtMs = -Infinity;
  #requestCount = 0;

  constructor({ minimumIntervalMs = 300 }: KeyframeRequesterOptions = {}) {
    this.#minimumIntervalMs = minimumIntervalMs;
  }

  get requestCount(): number {
    return this.#requestCount;
  }

  /** When `takeRequest` has something to say (in the past: at once), or `undefined` while no keyframe is needed. */
  get nextTimerMs(): number | undefined {
    if (!this.#needed) return undefined;
    return this.#requestedAtMs + Math.max(this.#minimumIntervalMs, 1.5 * this.#roundTripMs);
  }

  setRoundTripMs(roundTripMs: number): void {
    this.#roundTripMs = roundTripMs;
  }

  /** Says whether a keyframe is needed; `false` once it came. */
  setNeeded(needed: boolean): void {
    this.#needed = needed;
  }

  /** Whether to ask now. */
  takeRequest(nowMs: number): boolean {
    const dueMs = this.nextTimerMs;
    if (dueMs === undefined || nowMs < dueMs) return false;
    this.#requestedAtMs = nowMs;
    this.#requestCount += 1;
    return true;
  }
}
