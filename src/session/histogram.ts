/** How often something took how long: counts by upper bounds, as Prometheus has them. */
export class Histogram {
  /** Upper bounds, inclusive, in ascending order; what is larger than the last is counted as well. */
  readonly bounds: readonly number[];
  readonly #counts: Uint32Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Uint32Array(bounds.length + 1);
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** How many values lay at or below each bound, and last how many there were. */
  get cumulative(): readonly number[] {
    let total = 0;
    return Array.from(this.#counts, (count) => (total += count));
  }

  observe(value: number): void {
    let index = 0;
    while (value > (this.bounds[index] ?? Infinity)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }
}
