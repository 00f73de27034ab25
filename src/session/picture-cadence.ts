/** How much a single distance moves the usual one. */
const SMOOTHING = 1 / 16;
const FREEZE_RATIO = 3;
const FREEZE_MARGIN_MS = 150;

/** Counts the pictures of a stream and the freezes among them, as W3C's `freezeCount` does (webrtc-stats §6.2). */
export class PictureCadence {
  #count = 0;
  #lastAtMs = 0;
  #usualMs: number | undefined;
  #freezes = 0;
  #freezesMs = 0;

  get count(): number {
    return this.#count;
  }

  get freezes(): number {
    return this.#freezes;
  }

  /** How long all freezes took together, in milliseconds. */
  get freezesMs(): number {
    return this.#freezesMs;
  }

  /** Notes that a picture came. */
  note(nowMs: number): void {
    const distanceMs = nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    this.#count += 1;
    if (this.#count === 1) return;
    const usualMs = this.#usualMs ?? distanceMs;
    if (distanceMs > Math.max(FREEZE_RATIO * usualMs, usualMs + FREEZE_MARGIN_MS)) {
      this.#freezes += 1;
      this.#freezesMs += distanceMs;
    }
    this.#usualMs = usualMs + (distanceMs - usualMs) * SMOOTHING;
  }
}
