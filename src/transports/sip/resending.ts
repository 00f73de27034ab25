import type { Clock } from "../../async/clock.ts";
import { T1_MS, T2_MS } from "./sip-timers.ts";

export interface ResendingOptions {
  readonly clock: Clock;
  readonly send: () => void;
  /** The longest time between two sendings, in milliseconds. @default 4000 */
  readonly mostMs?: number;
}

/** Sends a message again after 0.5 s, 1 s, 2 s and so on, until it is stopped: UDP loses some. */
export class Resending {
  readonly #options: ResendingOptions;
  #cancel: () => void = () => {};

  constructor(options: ResendingOptions) {
    this.#options = options;
  }

  /** Begins, after the first sending. */
  start(afterMs = T1_MS): void {
    const { clock, send, mostMs = T2_MS } = this.#options;
    this.stop();
    this.#cancel = clock.after(afterMs, () => {
      send();
      this.start(Math.min(2 * afterMs, mostMs));
    });
  }

  stop(): void {
    this.#cancel();
  }
}
