/** Counts that only grow, by name. */
export type Counts = Readonly<Record<string, number>>;

/** What is young says little about a rate; what is old says little about now. */
const MIN_AGE_MS = 1000;
const MAX_AGE_MS = 5000;
/** Readings that come closer together than this are not all kept. */
const MIN_DISTANCE_MS = 250;

interface Reading {
  readonly atMs: number;
  readonly counts: Counts;
}

/**
 * Turns counts into growth: each reading is compared with one of a second ago or, when there was none for longer, with the one
 * before. It costs nothing between readings, and two who read at their own pace do not disturb each other.
 */
export class CountHistory {
  /** In their order; never empty, and no more than 5 s in distances of 250 ms need. */
  readonly #readings: Reading[];

  /** @param startMs When the counts were 0. */
  constructor(startMs: number) {
    this.#readings = [{ atMs: startMs, counts: {} }];
  }

  /** How much each count grew, and in how many seconds. One that fell, because another transport counts now, did not grow. */
  read(counts: Counts, nowMs: number): { readonly seconds: number; readonly growth: Counts } {
    const old = this.#readings.filter(({ atMs }) => nowMs - atMs >= MIN_AGE_MS);
    const base = old.at(-1) ?? this.#readings[0];
    const growth = Object.entries(counts).map(([name, count]) => {
      return [name, Math.max(0, count - (base?.counts[name] ?? 0))] as const;
    });
    this.#keep({ atMs: nowMs, counts });
    return { seconds: Math.max(0, nowMs - (base?.atMs ?? nowMs)) / 1000, growth: Object.fromEntries(growth) };
  }

  #keep(reading: Reading): void {
    const newest = this.#readings.at(-1);
    if (newest && reading.atMs - newest.atMs < MIN_DISTANCE_MS) return;
    this.#readings.push(reading);
    while (this.#readings.length > 1 && reading.atMs - (this.#readings[0]?.atMs ?? 0) > MAX_AGE_MS)
      this.#readings.shift();
  }
}
