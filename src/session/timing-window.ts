/** How long something took lately, over the last 128 times. */
export interface Timing {
  /** How many of them there are yet, 1 to 128. */
  readonly count: number;
  /** In milliseconds, like the rest. */
  readonly meanMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** About four seconds of video; a power of two. */
const LENGTH = 128;

/** Remembers the last durations of something that happens with every frame: noting one writes a number and allocates nothing. */
export class TimingWindow {
  readonly #durationsMs = new Float32Array(LENGTH);
  #notedCount = 0;

  /** Notes a duration; a negative one, which clocks of two threads can make, counts as 0. */
  note(durationMs: number): void {
    this.#durationsMs[this.#notedCount % LENGTH] = Math.max(0, durationMs);
    this.#notedCount += 1;
  }

  /** What was noted lately, or `undefined` before the first. */
  read(): Timing | undefined {
    const count = Math.min(this.#notedCount, LENGTH);
    if (count === 0) return undefined;
    const sorted = this.#durationsMs.subarray(0, count).toSorted();
    const sum = sorted.reduce((total, durationMs) => total + durationMs, 0);
    const at = (rank: number): number => rounded(sorted[rank] ?? 0);
    return { count, meanMs: rounded(sum / count), p95Ms: at(Math.ceil(count * 0.95) - 1), maxMs: at(count - 1) };
  }
}

/** To a microsecond: the rest is noise of single precision. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
