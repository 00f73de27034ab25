/** How many answers a stranger's address gets at once, and how many more in each second. */
const BURST = 20;
const PER_SECOND = 2;
/** How many addresses are remembered; the one that was heard of longest ago goes first. */
const MAX_ADDRESSES = 4096;

/** How much is said to addresses that nobody has vouched for: who guesses passwords, or has others drowned in answers, gets few. */
export class StrangerAllowance {
  readonly #left = new Map<string, { readonly tokens: number; readonly atMs: number }>();

  /**
   * Whether this address is answered once more.
   * @param cost what it takes of its allowance: a wrong password more than a first question.
   */
  take(address: string, cost: number, nowMs: number): boolean {
    const before = this.#left.get(address) ?? { tokens: BURST, atMs: nowMs };
    const tokens = Math.min(BURST, before.tokens + ((nowMs - before.atMs) / 1000) * PER_SECOND);
    const isEnough = tokens >= cost;
    this.#left.delete(address);
    this.#left.set(address, { tokens: isEnough ? tokens - cost : tokens, atMs: nowMs });
    if (this.#left.size > MAX_ADDRESSES) {
      const [oldest] = this.#left.keys();
      if (oldest !== undefined) this.#left.delete(oldest);
    }
    return isEnough;
  }
}
