import type { Clock } from "../async/clock.ts";
import { sleepBy } from "../async/sleep-by.ts";

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** 2026-01-01, so that dates in simulated time look like dates. */
const EPOCH_MS = 1_767_225_600_000;

/** Time that moves only when it is told to. Its timers are called in their order, those of one moment in the order they were set. */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  /** In the order in which they fall due. */
  readonly #timers: Timer[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return EPOCH_MS + this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((...timer) => this.after(...timer), ms, signal);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), callback };
    const later = this.#timers.findIndex(({ atMs }) => atMs > timer.atMs);
    this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index !== -1) this.#timers.splice(index, 1);
    };
  }

  /** When the next timer falls due; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.#timers[0]?.atMs;
  }

  /** Moves time forward to a moment, and calls the first timer that is due there, if there is one. */
  step(toMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, toMs);
    const [timer] = this.#timers;
    if (!timer || timer.atMs > this.#nowMs) return;
    this.#timers.shift();
    timer.callback();
  }
}
