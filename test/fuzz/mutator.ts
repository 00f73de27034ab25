import { SeededRandom } from "../rtp/support/seeded-random.ts";

/** Where numbers tip over: the values that lengths, counts and sequence numbers are wrong with. */
const ODD_BYTES = [0, 1, 2, 0x0f, 0x10, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x81, 0xbe, 0xc0, 0xde, 0xe0, 0xfe, 0xff];
/** Longest input, in bytes: a little more than any datagram. */
const MAX_LENGTH = 4096;

export interface MutatorOptions {
  /** Good inputs: nearly right is where parsers break. */
  readonly corpus: readonly Uint8Array[];
  /** Pieces that mean something to the parser. @default none */
  readonly tokens?: readonly Uint8Array[] | undefined;
  readonly seed: number;
}

/** Makes inputs for a parser, the same ones for the same seed: good ones damaged, spliced, cut and grown, and plain noise. */
export class Mutator {
  readonly #corpus: readonly Uint8Array[];
  readonly #tokens: readonly Uint8Array[];
  readonly #random: SeededRandom;
  readonly #scratch = new Uint8Array(MAX_LENGTH);
  #length = 0;

  constructor({ corpus, tokens = [], seed }: MutatorOptions) {
    this.#corpus = corpus;
    this.#tokens = tokens;
    this.#random = new SeededRandom(seed);
  }

  /** The next input; its memory is used again for the one after. */
  next(): Uint8Array {
    const random = this.#random;
    if (random.chance(0.05)) this.#noise();
    else this.#take(random.pick(this.#corpus));
    // One in ten stays whole, so that what a parser does with good inputs is covered, and states go on.
    if (random.chance(0.9)) for (let count = random.integer(1, 4); count > 0; count -= 1) this.#damage();
    return this.#scratch.subarray(0, this.#length);
  }

  #noise(): void {
    this.#length = this.#random.integer(0, 80);
    for (let index = 0; index < this.#length; index += 1) this.#scratch[index] = this.#random.integer(0, 255);
  }

  #take(good: Uint8Array): void {
    this.#length = Math.min(good.length, MAX_LENGTH);
    this.#scratch.set(good.subarray(0, this.#length));
  }

  #damage(): void {
    const random = this.#random;
    const at = this.#place();
    switch (random.integer(0, 9)) {
      case 0:
        this.#scratch[at] = (this.#scratch[at] ?? 0) ^ (1 << random.integer(0, 7));
        return;
      case 1:
      case 2:
        this.#scratch[at] = random.pick(ODD_BYTES);
        return;
      case 3:
        this.#scratch[at] = random.integer(0, 255);
        return;
      case 4:
        for (let offset = 0; offset < random.integer(2, 4); offset += 1)
          this.#scratch[at + offset] = random.pick([0, 0xff]);
        return;
      case 5:
        this.#length = random.integer(0, this.#length);
        return;
      case 6:
        this.#insert(at, this.#tokens.length > 0 ? random.pick(this.#tokens) : random.bytes(random.integer(1, 8)));
        return;
      case 7:
        this.#remove(at, random.integer(1, 8));
        return;
      case 8: {
        const from = this.#place();
        this.#insert(at, this.#scratch.slice(from, Math.min(this.#length, from + random.integer(1, 64))));
        return;
      }
      default: {
        const other = random.pick(this.#corpus);
        const from = random.integer(0, other.length);
        this.#length = at;
        this.#insert(at, other.subarray(from));
      }
    }
  }

  /** Somewhere in the input, more often near the beginning, where the headers are. */
  #place(): number {
    const limit = this.#random.chance(0.5) ? Math.min(40, this.#length - 1) : this.#length - 1;
    return this.#random.integer(0, Math.max(0, limit));
  }

  #insert(at: number, bytes: Uint8Array): void {
    const count = Math.min(bytes.length, MAX_LENGTH - this.#length);
    this.#scratch.copyWithin(at + count, at, this.#length);
    this.#scratch.set(bytes.subarray(0, count), at);
    this.#length += count;
  }

  #remove(at: number, count: number): void {
    const end = Math.min(this.#length, at + count);
    this.#scratch.copyWithin(at, end, this.#length);
    this.#length -= end - at;
  }
}
