/** Something that sends one picture per tick. */
export interface Ticking {
  tick(nowMs: number): void;
}

interface Scheduled {
  readonly stream: Ticking;
  nextAtMs: number;
}

/**
 * Gives every stream its ticks at an exact rate from one timer. New streams start at another phase than those before,
 * so that a hundred streams do not all send at the same moment, as a hundred cameras would not.
 */
export class FrameTicker {
  readonly #intervalMs: number;
  #scheduled: Scheduled[] = [];
  #timer: NodeJS.Timeout | undefined;
  #added = 0;

  constructor(framesPerSecond: number) {
    this.#intervalMs = 1000 / framesPerSecond;
  }

  add(stream: Ticking): void {
    // Steps of the golden ratio spread any number of phases evenly.
    const phaseMs = ((this.#added++ * 0.618034) % 1) * this.#intervalMs;
    const periodStartMs = Math.ceil(performance.now() / this.#intervalMs) * this.#intervalMs;
    this.#scheduled.push({ stream, nextAtMs: periodStartMs + phaseMs });
    this.#plan();
  }

  remove(stream: Ticking): void {
    this.#scheduled = this.#scheduled.filter((scheduled) => scheduled.stream !== stream);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#scheduled = [];
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#scheduled.length === 0) return;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const { nextAtMs } of this.#scheduled) soonestMs = Math.min(soonestMs, nextAtMs);
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, soonestMs - performance.now()));
  }

  #tick(): void {
    for (const scheduled of this.#scheduled) {
      const nowMs = performance.now();
      if (scheduled.nextAtMs > nowMs + 0.5) continue;
      scheduled.stream.tick(nowMs);
      scheduled.nextAtMs += this.#intervalMs;
      // A generator that has fallen behind skips pictures, as a camera does; it never catches up in a burst.
      while (scheduled.nextAtMs < nowMs) scheduled.nextAtMs += this.#intervalMs;
    }
    this.#plan();
  }
}
