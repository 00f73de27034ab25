/** Peers that ask by FIR, of which more than this many at once are not plausible. */
const MAX_REMEMBERED_SENDERS = 16;
/** A longer round trip is not believed here, since it would leave the peer without a picture. */
const MAX_ROUND_TRIP_MS = 500;

export interface KeyframeRequestGateOptions {
  /** Least time from one forced keyframe to the next, in milliseconds. @default 300 */
  readonly minimumIntervalMs?: number;
}

/**
 * Turns the peer's requests for keyframes, which come in storms when a network is bad, into few keyframes, which are
 * what a bad network can bear least. A request that was under way before the last keyframe could arrive is stale; one
 * that comes soon after is answered when the interval is over, not dropped, since not every peer asks twice.
 */
export class KeyframeRequestGate {
  readonly #minimumIntervalMs: number;
  /** The last FIR sequence number of each sender. */
  readonly #firSequences = new Map<number, number>();
  #pending = false;
  #lastKeyframeAtMs = -Infinity;

  constructor({ minimumIntervalMs = 300 }: KeyframeRequestGateOptions = {}) {
    this.#minimumIntervalMs = minimumIntervalMs;
  }

  /** Notes a request (PLI). */
  handleRequest({ nowMs, roundTripMs }: { nowMs: number; roundTripMs: number }): void {
    if (nowMs < this.#lastKeyframeAtMs + Math.min(roundTripMs, MAX_ROUND_TRIP_MS)) return;
    this.#pending = true;
  }

  /** Asks for a keyframe on our own account. */
  require(): void {
    this.#pending = true;
  }

  /** Notes a FIR. One whose sequence number was seen before only repeats a request (RFC 5104 §4.3.1.2). */
  handleFir(
    { senderSsrc, sequenceNumber }: { senderSsrc: number; sequenceNumber: number },
    timing: { nowMs: number; roundTripMs: number },
  ): void {
    if (this.#firSequences.get(senderSsrc) === sequenceNumber) return;
    if (this.#firSequences.size >= MAX_REMEMBERED_SENDERS) this.#firSequences.clear();
    this.#firSequences.set(senderSsrc, sequenceNumber);
    this.handleRequest(timing);
  }

  /**
   * Whether the next frame has to be a keyframe. Asked once per frame, before it is encoded; a yes is given once per
   * request.
   */
  takeForcedKeyframe(nowMs: number): boolean {
    if (!this.#pending || nowMs < this.#lastKeyframeAtMs + this.#minimumIntervalMs) return false;
    this.#pending = false;
    this.#lastKeyframeAtMs = nowMs;
    return true;
  }

  /** Notes that a keyframe goes out, forced or not: it answers what was asked before. */
  handleKeyframe(nowMs: number): void {
    this.#pending = false;
    this.#lastKeyframeAtMs = nowMs;
  }
}
