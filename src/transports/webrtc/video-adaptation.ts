import type { DegradationPreference } from "../../session/media-options.ts";

/** One way to spend fewer bits on pictures. */
interface Rung {
  /** Of each side. */
  readonly scale: number;
  readonly frameRate: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const FULL_RATE = 30;
/**
 * What gives way, in which order. At the last rung of each a picture of 640x480 asks for some 40 kbit/s; below
 * it the encoder makes do with what it gets.
 */
const LADDERS: { readonly [Preference in DegradationPreference]: readonly Rung[] } = {
  "maintain-framerate": [1, 0.75, 0.5, 0.375, 0.25].map((scale) => ({ scale, frameRate: FULL_RATE })),
  "maintain-resolution": [FULL_RATE, 20, 15, 10, 5, 3].map((frameRate) => ({ scale: 1, frameRate })),
  balanced: [
    { scale: 1, frameRate: FULL_RATE },
    { scale: 0.75, frameRate: FULL_RATE },
    { scale: 0.75, frameRate: 20 },
    { scale: 0.5, frameRate: 20 },
    { scale: 0.5, frameRate: 15 },
    { scale: 0.375, frameRate: 10 },
  ],
};
/** What a moving picture of this size and rate needs to look decent, with either codec, in bits per second. */
const REFERENCE = { bps: 250_000, pixels: 640 * 480, frameRate: FULL_RATE } as const;
/** Bits grow slower than pixels and pictures: larger ones hold more of the same. */
const GROWTH = 0.75;
/** How long bits have to be short before something gives way, and plentiful before it comes back. */
const DOWN_MS = 1000;
const UP_MS = 4000;
/** How much more than it needs there has to be for a better rung. */
const UP_MARGIN = 1.3;
/** No side is made smaller than this. */
const MIN_SIDE = 80;
/** By how much a picture may come early at a reduced rate, as a share of the time between two. */
const EARLY = 0.25;

/**
 * Lets size or frame rate give way when the path bears too few bits for both, as `degradationPreference` has it
 * (W3C mst-content-hint §5), and lets them come back once there is plenty. Each change of size costs a keyframe, so it takes
 * a second of need to go down and four of plenty to go up; what falls short by half goes down at once, as far as need be.
 */
export class VideoAdaptation {
  readonly #ladder: readonly Rung[];
  #rung: number | undefined;
  #shortSinceMs: number | undefined;
  #plentySinceMs: number | undefined;
  #fellAtMs = -Infinity;
  #nextFrameMs = -Infinity;

  constructor(preference: DegradationPreference = "maintain-framerate") {
    this.#ladder = LADDERS[preference];
  }

  /**
   * The size to encode a picture in, for the bits per second that there are; `undefined` for a picture to leave out.
   * To be asked once per picture.
   */
  fit(size: PictureSize, { bitrateBps, nowMs }: { bitrateBps: number; nowMs: number }): PictureSize | undefined {
    this.#climb(size, bitrateBps, nowMs);
    const { scale, frameRate } = this.#ladder[this.#rung ?? 0] ?? { scale: 1, frameRate: FULL_RATE };
    if (!this.#admits(frameRate, nowMs)) return undefined;
    if (scale === 1 || Math.min(size.width, size.height) * scale < MIN_SIDE) return size;
    return { width: even(size.width * scale), height: even(size.height * scale) };
  }

  #climb(size: PictureSize, bitrateBps: number, nowMs: number): void {
    const last = this.#ladder.length - 1;
    if (this.#rung === undefined) {
      this.#rung = this.#fitting(size, bitrateBps);
      return;
    }
    const rung = this.#ladder[this.#rung];
    const better = this.#ladder[this.#rung - 1];
    const isShort = rung !== undefined && this.#rung < last && bitrateBps < neededBps(size, rung);
    const isPlenty = better !== undefined && bitrateBps > UP_MARGIN * neededBps(size, better);
    this.#shortSinceMs = isShort ? (this.#shortSinceMs ?? nowMs) : undefined;
    this.#plentySinceMs = isPlenty ? (this.#plentySinceMs ?? nowMs) : undefined;
    const isUrgent = isShort && bitrateBps < neededBps(size, rung) / 2 && nowMs - this.#fellAtMs >= DOWN_MS;
    if (isUrgent) {
      this.#fellAtMs = nowMs;
      this.#step(this.#fitting(size, bitrateBps) - this.#rung);
    } else if (this.#shortSinceMs !== undefined && nowMs - this.#shortSinceMs >= DOWN_MS) {
      this.#step(1);
    } else if (this.#plentySinceMs !== undefined && nowMs - this.#plentySinceMs >= UP_MS) {
      this.#step(-1);
    }
  }

  /** The first rung that there are enough bits for, or the last. */
  #fitting(size: PictureSize, bitrateBps: number): number {
    const index = this.#ladder.findIndex((rung) => neededBps(size, rung) <= bitrateBps);
    return index < 0 ? this.#ladder.length - 1 : index;
  }

  #step(by: number): void {
    this.#rung = (this.#rung ?? 0) + by;
    this.#shortSinceMs = undefined;
    this.#plentySinceMs = undefined;
  }

  #admits(frameRate: number, nowMs: number): boolean {
    if (frameRate >= FULL_RATE) {
      this.#nextFrameMs = -Infinity;
      return true;
    }
    const intervalMs = 1000 / frameRate;
    if (nowMs < this.#nextFrameMs - EARLY * intervalMs) return false;
    this.#nextFrameMs = Math.max(this.#nextFrameMs, nowMs - intervalMs) + intervalMs;
    return true;
  }
}

function neededBps({ width, height }: PictureSize, { scale, frameRate }: Rung): number {
  const { bps, pixels, frameRate: referenceRate } = REFERENCE;
  return bps * ((width * height * scale * scale * frameRate) / (pixels * referenceRate)) ** GROWTH;
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2);
}
