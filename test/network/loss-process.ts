import type { SeededRandom } from "../rtp/support/seeded-random.ts";
import type { LinkConditions } from "./link-conditions.ts";

/** Decides packet by packet which are lost. */
export class LossProcess {
  readonly #random: SeededRandom;
  #isBad = false;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Whether the next packet is lost. */
  takesNext(loss: LinkConditions["loss"]): boolean {
    switch (loss?.type) {
      case undefined:
        return false;
      case "random":
        return this.#random.chance(loss.probability);
      case "bursts": {
        const { badProbability, goodProbability, lossWhileGood = 0, lossWhileBad = 1 } = loss;
        if (this.#random.chance(this.#isBad ? goodProbability : badProbability)) this.#isBad = !this.#isBad;
        return this.#random.chance(this.#isBad ? lossWhileBad : lossWhileGood);
      }
    }
  }
}
