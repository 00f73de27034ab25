import type { Clock } from "../async/clock.ts";

/** Ends a request whose other end has fallen silent. Only waiting counts, not the time that the listener takes in between. */
export class StallGuard {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #stalled = new AbortController();

  /** @param limitMs how long a single wait may take. */
  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Aborts when a wait took too long; the request's signal. */
  get signal(): AbortSignal {
    return this.#stalled.signal;
  }

  /** Waits for a step of the request, which `signal` ends when it takes too long. */
  async during<Result>(step: Promise<Result>): Promise<Result> {
    const disarm = this.#clock.after(this.#limitMs, () =>
      this.#stalled.abort(new Error(`nothing came for ${this.#limitMs / 1000} s`)),
    );
    try {
      return await step;
    } finally {
      disarm();
    }
  }
}
