import type { Clock } from "../async/clock.ts";
import { Wakeup } from "./wakeup.ts";

/** How many pictures a second are given where nothing is said. */
export const DEFAULT_FPS = 30;

export interface FramePacerOptions {
  /** Frames per second, above 0. */
  readonly fps: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How many frames may go before their time: with 1, what comes in its own rhythm is not delayed. @default 0 */
  readonly ahead?: number;
}

/**
 * Gives frames their times, evenly and without drift, because they are counted and not slept. A source that is late by
 * more than a frame does not hurry to make up for it.
 */
export class FramePacer {
  readonly #clock: Clock;
  readonly #wakeup: Wakeup;
  readonly #intervalMs: number;
  readonly #aheadMs: number;
  #beganMs: number | undefined;
  #count = 0;

  constructor({ fps, clock, signal, ahead = 0 }: FramePacerOptions) {
    this.#clock = clock;
    this.#wakeup = new Wakeup(clock, signal);
    this.#intervalMs = 1000 / fps;
    this.#aheadMs = ahead * this.#intervalMs;
  }

  /** Waits for the time of the next frame, and tells it in milliseconds; at once when the signal has aborted. */
  async next(): Promise<number> {
    const nowMs = this.#clock.nowMs();
    let dueMs = (this.#beganMs ?? nowMs) + this.#count * this.#intervalMs;
    if (this.#beganMs === undefined || nowMs - dueMs > this.#intervalMs) {
      this.#beganMs = nowMs;
      this.#count = 0;
      dueMs = nowMs;
    }
    this.#count += 1;
    const waitMs = dueMs - this.#aheadMs - nowMs;
    if (waitMs > 0) await this.#wakeup.rest(waitMs);
    return dueMs;
  }
}
