import type { Timer } from "../async/clock.ts";

/** How long WebRTC may take from the answer on before a WebSocket takes its place, in milliseconds. */
const FALLBACK_AFTER_MS = 5000;

/** The other way, which is taken once: when the first has failed, or takes too long. */
export class Fallback {
  #take: (() => void) | undefined;
  readonly #cancelTimer: () => void;

  constructor(clock: Timer, take: () => void) {
    this.#take = take;
    this.#cancelTimer = clock.after(FALLBACK_AFTER_MS, () => this.take());
  }

  /** Takes it now; false where it was taken before, or is not wanted any more. */
  take(): boolean {
    const take = this.#take;
    this.cancel();
    take?.();
    return take !== undefined;
  }

  /** The first way has come about, or the connection is over. Harmless when repeated. */
  cancel(): void {
    this.#take = undefined;
    this.#cancelTimer();
  }
}
