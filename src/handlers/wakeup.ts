import type { Clock } from "../async/clock.ts";

/** How long a handler that had nothing to give is left alone when nothing happens, in milliseconds. */
export const REST_MS = 20;

/** Lets whoever had nothing to do rest until something happened. One rests at a time. */
export class Wakeup {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #happened = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake?.(), { once: true });
  }

  /** Something happened. */
  notify(): void {
    this.#happened = true;
    this.#wake?.();
  }

  /** Forgets what happened: whoever calls it is about to look. */
  clear(): void {
    this.#happened = false;
  }

  /** Resolves when something has happened since `clear`, after `ms`, or when the signal aborts. */
  rest(ms = REST_MS): Promise<void> {
    if (this.#happened || this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake = undefined;
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#wake = wake;
    });
  }
}
