/** Voices' periods, in samples of 8 kHz: 66 to 200 Hz. */
const SHORTEST_PERIOD = 40;
const LONGEST_PERIOD = 120;
/** How much sound is compared to find the period, and how much is kept. */
const COMPARED = 160;
const KEPT = LONGEST_PERIOD + COMPARED;
/** Over how many samples a guess passes into the sound after it. */
const BLENDED = 32;
/** How much of a guess is as loud as what was heard, and after how much more it is silent, in samples: 10 ms and 50 ms. */
const LOUD = 80;
const FADING = 400;

/**
 * Makes up for lost sound of 8 kHz by repeating the last period of the voice, ever softer, as Appendix I of G.711 has
 * it; what comes next begins out of the guess, without a click.
 */
export class Concealment {
  #history = new Int16Array(0);
  #period = 0;
  /** How many samples have been guessed in a row. */
  #guessed = 0;

  /** Notes sound that came and returns it as it is to be heard. */
  heard(samples: Int16Array<ArrayBuffer>): Int16Array<ArrayBuffer> {
    const heard = this.#guessed > 0 ? this.#blend(samples) : samples;
    this.#guessed = 0;
    const joined = new Int16Array(this.#history.length + heard.length);
    joined.set(this.#history);
    joined.set(heard, this.#history.length);
    this.#history = joined.slice(Math.max(0, joined.length - KEPT));
    return heard;
  }

  /** A guess at so many samples that were lost. */
  guess(length: number): Int16Array<ArrayBuffer> {
    if (this.#history.length < KEPT) return new Int16Array(length);
    if (this.#guessed === 0) this.#period = periodOf(this.#history);
    const guess = new Int16Array(length);
    for (let index = 0; index < length; index += 1) guess[index] = this.#sampleAt(this.#guessed + index);
    this.#guessed += length;
    return guess;
  }

  #blend(samples: Int16Array): Int16Array<ArrayBuffer> {
    const blended = Int16Array.from(samples);
    for (let index = 0; index < Math.min(BLENDED, samples.length); index += 1) {
      const share = (index + 1) / (BLENDED + 1);
      blended[index] = share * (samples[index] ?? 0) + (1 - share) * this.#sampleAt(this.#guessed + index);
    }
    return blended;
  }

  #sampleAt(index: number): number {
    const volume = Math.min(1, Math.max(0, 1 - (index - LOUD) / FADING));
    return volume * (this.#history[this.#history.length - this.#period + (index % this.#period)] ?? 0);
  }
}

/** After how many samples the end of this sound is most like itself. */
function periodOf(history: Int16Array): number {
  let best = LONGEST_PERIOD;
  let bestLikeness = -Infinity;
  const begin = history.length - COMPARED;
  for (let period = SHORTEST_PERIOD; period <= LONGEST_PERIOD; period += 1) {
    let product = 0;
    let energy = 1;
    for (let index = begin; index < history.length; index += 1) {
      const before = history[index - period] ?? 0;
      product += (history[index] ?? 0) * before;
      energy += before * before;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > bestLikeness) [best, bestLikeness] = [period, likeness];
  }
  return best;
}
