/** How much of the time between two frames one may come too early: cameras and networks are not that even. */
const TOLERANCE = 0.25;

/** Thins frames out to a rate, by the times when they were taken. What comes at the rate or below passes as a whole. */
export class FrameRateCap {
  readonly #intervalMs: number;
  #dueMs = Number.NEGATIVE_INFINITY;

  /** @param fps Frames per second, above 0. */
  constructor(fps: number) {
    this.#intervalMs = 1000 / fps;
  }

  /** Whether the frame of this time passes. Times may begin anywhere. */
  admits(timeMs: number): boolean {
    const earlyMs = this.#dueMs - timeMs;
    // A time far before the last one is of another clock: the peer came back, or its camera was changed.
    if (earlyMs > TOLERANCE * this.#intervalMs && earlyMs <= 2 * this.#intervalMs) return false;
    const next = this.#dueMs + this.#intervalMs;
    this.#dueMs = next >= timeMs && earlyMs <= this.#intervalMs ? next : timeMs + this.#intervalMs;
    return true;
  }
}
