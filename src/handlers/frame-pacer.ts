import type { Clock } from "../async/clock.ts";
import type { Wakeup } from "./wakeup.ts";

/** How many pictures a second are given where nothing is said. */
export const DEFAULT_FPS = 30;

export interface FramePacerOptions {
  /** Frames per second, above 0. */
  readonly fps: number;
  readonly clock: Clock;
  /** What it waits with. */
  readonly wakeup: Wakeup;
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
  /** When the frames began that go on without a pause, and how many times of theirs were told. */
  #beganMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #dueMs = Number.NEGATIVE_INFINITY;
  #used = true;

  constructor({ fps, clock, wakeup, ahead = 0 }: FramePacerOptions) {
    this.#clock = clock;
    this.#wakeup = wakeup;
    this.#intervalMs = 1000 / fps;
    this.#aheadMs = ahead * this.#intervalMs;
  }

  /**
   * Waits for the time of the next frame, and tells it in milliseconds; at once when the wakeup's signal has aborted. The time stays
   * the same until it is used.
   */
  async ready(): Promise<number> {
    if (!this.#used) return this.#dueMs;
    this.#used = false;
    this.#dueMs = this.#beganMs + this.#count * this.#intervalMs;
    this.#count += 1;
    this.#beginAnewIfLate();
    const waitMs = this.#dueMs - this.#aheadMs - this.#clock.nowMs();
    if (waitMs > 0) await this.#wakeup.rest(waitMs);
    return this.#dueMs;
  }

  /** A frame takes the time that `ready` told, or lets it pass: the next one is waited for. Returns the time. */
  use(): number {
    this.#used = true;
    this.#beginAnewIfLate();
    return this.#dueMs;
  }

  #beginAnewIfLate(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#dueMs <= this.#intervalMs) return;
    this.#beganMs = nowMs;
    this.#dueMs = nowMs;
    this.#count = 1;
  }
}
