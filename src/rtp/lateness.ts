const BUCKET_MS = 5;
const BUCKET_COUNT = 50;
/** Which share of late packets is to come in time. */
const QUANTILE = 0.97;
/** What one late packet weighs: more than the share that may be too late, so that one is enough to wait longer. */
const WEIGHT = 0.05;
/** What it weighs that a packet never came: some fifty of them are needed to undo what one late packet taught. */
const VAIN_WEIGHT = 0.01;

/**
 * Learns how long it is worth to wait for a packet that others overtook, which RFC 3550 leaves to the receiver: a histogram of how late such packets came, old
 * ones forgotten bit by bit, and of it the quantile that catches 97 %. This is how NetEq finds its target delay (Ramos, "NetEQ"; the
 * histogram of libwebrtc's delay manager), with one difference: it counts how long after it was missed a packet came, not
 * how long after the quickest one, because here packets in order never wait, however unsteadily they come.
 */
export class Lateness {
  readonly #shares = new Float64Array(BUCKET_COUNT);

  /** @param firstMs What is waited before anything is known. */
  constructor(firstMs: number) {
    // As much as one late packet weighs: losses soon undo it.
    this.#shares[0] = 1 - WEIGHT;
    this.#shares[bucketOf(firstMs)] = WEIGHT;
  }

  /** How long to wait, in milliseconds: 5 to 250. */
  get quantileMs(): number {
    let above = 1;
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket += 1) {
      above -= this.#shares[bucket] ?? 0;
      if (above <= 1 - QUANTILE) return (bucket + 1) * BUCKET_MS;
    }
    return BUCKET_COUNT * BUCKET_MS;
  }

  /** A missing packet came so long after it was missed. */
  handleLatePacket(lateMs: number): void {
    this.#add(bucketOf(lateMs), WEIGHT);
  }

  /** A missing packet did not come at all. */
  handleLostPacket(): void {
    this.#add(0, VAIN_WEIGHT);
  }

  #add(bucket: number, weight: number): void {
    for (let index = 0; index < BUCKET_COUNT; index += 1)
      this.#shares[index] = (this.#shares[index] ?? 0) * (1 - weight);
    this.#shares[bucket] = (this.#shares[bucket] ?? 0) + weight;
  }
}

function bucketOf(lateMs: number): number {
  return Math.min(BUCKET_COUNT - 1, Math.max(0, Math.floor(lateMs / BUCKET_MS)));
}
