/** Frames of a burst follow each other at this share of the distance that they have in time, and at most so far apart. */
const SPACING_SHARE = 0.5;
const MAX_SPACING_MS = 20;
/** When more frames wait than this, they follow each other twice as closely: half a second of 30 per second. */
const CROWDED = 15;
/** How many frames may wait; when more come, all leave at once. */
const CAPACITY = 60;

interface TimedFrame {
  /** In microseconds; only differences mean something. */
  readonly timestampUs: number;
}

/**
 * Spreads bursts of frames, which RFC 3550 leaves to the receiver. When a lost packet has come at last, all frames that waited behind it are ready in the same moment; a listener who
 * always takes the newest one would see a single one of them, and of 30 frames per second 11 would be left at 5 % loss and a
 * round trip of 150 ms. So they follow each other at twice the speed at which they were taken: all are seen, and what was late has soon
 * caught up. A frame that does not follow on the heels of another is never held, so that a good network costs nothing.
 */
export class FrameSpacer<Frame extends TimedFrame> {
  readonly #held: Frame[] = [];
  /** When the next frame may leave. */
  #freeAtMs = -Infinity;
  #lastTimestampUs: number | undefined;

  /** When to call `takeDue`; `undefined` while nothing waits. */
  get nextTimerMs(): number | undefined {
    return this.#held.length > 0 ? this.#freeAtMs : undefined;
  }

  /** How many frames wait. */
  get length(): number {
    return this.#held.length;
  }

  /** Takes frames in decode order; returns those whose turn it is. */
  push(frames: readonly Frame[], nowMs: number): Frame[] {
    if (this.#held.length === 0) this.#freeAtMs = Math.max(this.#freeAtMs, nowMs);
    this.#held.push(...frames);
    return this.#held.length > CAPACITY ? this.#takeAll(nowMs) : this.takeDue(nowMs);
  }

  /** The frames whose turn it is. */
  takeDue(nowMs: number): Frame[] {
    const due: Frame[] = [];
    while (this.#freeAtMs <= nowMs) {
      const frame = this.#held.shift();
      if (!frame) break;
      due.push(frame);
      // Counted from when it was due: a timer that comes late does not slow the others down.
      this.#freeAtMs = Math.max(this.#freeAtMs, nowMs - MAX_SPACING_MS) + this.#spacingMs(frame);
    }
    return due;
  }

  /** All that waits, and these behind it, without any distance: who waited was the receiver, and only the newest is of use. */
  takeAll(nowMs: number, frames: readonly Frame[] = []): Frame[] {
    this.#held.push(...frames);
    return this.#takeAll(nowMs);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#held.length = 0;
    this.#freeAtMs = -Infinity;
    this.#lastTimestampUs = undefined;
  }

  #takeAll(nowMs: number): Frame[] {
    this.#freeAtMs = nowMs;
    this.#lastTimestampUs = this.#held.at(-1)?.timestampUs ?? this.#lastTimestampUs;
    return this.#held.splice(0);
  }

  /** How far behind `frame` the next one follows. */
  #spacingMs({ timestampUs }: Frame): number {
    const distanceMs = Math.max(0, timestampUs - (this.#lastTimestampUs ?? timestampUs)) / 1000;
    this.#lastTimestampUs = timestampUs;
    const spacingMs = Math.min(MAX_SPACING_MS, distanceMs * SPACING_SHARE);
    return this.#held.length > CROWDED ? spacingMs / 2 : spacingMs;
  }
}
