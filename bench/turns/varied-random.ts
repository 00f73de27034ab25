import { SeededRandom } from "../../test/rtp/support/seeded-random.ts";

/** Random numbers as people and rooms vary, the same in every run. */
export class VariedRandom extends SeededRandom {
  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** Most often near the median, now and then far above it. */
  lognormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(sigma * normal);
  }
}
