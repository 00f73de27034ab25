import type { Clock } from "../async/clock.ts";
import { REST_MS } from "./wakeup.ts";

/** A rest that lasts this much less than it should has lasted: timers are whole milliseconds. */
const ROUNDING_MS = 1;

/**
 * Calls back when a rest has lasted for its time. Rests that end early, as nearly all do, cost no timer: one that runs is left
 * running, and looks at its end whether a later rest is still on.
 */
export class RestTimer {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #isResting = false;
  #untilMs = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  get isResting(): boolean {
    return this.#isResting;
  }

  begin(): void {
    this.#isResting = true;
    this.#untilMs = this.#clock.nowMs() + REST_MS;
    this.#cancel ??= this.#clock.after(REST_MS, this.#look);
  }

  /** Ends the rest early: `onOver` is not called for it. */
  end(): void {
    this.#isResting = false;
  }

  /** Ends for good. */
  stop(): void {
    this.#isResting = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #look = (): void => {
    this.#cancel = undefined;
    if (!this.#isResting) return;
    const leftMs = this.#untilMs - this.#clock.nowMs();
    if (leftMs >= ROUNDING_MS) {
      this.#cancel = this.#clock.after(leftMs, this.#look);
      return;
    }
    this.#isResting = false;
    this.#onOver();
  };
}
