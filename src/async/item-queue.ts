import { invariant } from "../errors.ts";

/** What `new ItemQueue` takes. */
export interface ItemQueueOptions {
  /** How many items wait at most, an integer of at least 1; of more the oldest are dropped. @default 1000 */
  capacity?: number;
}

/**
 * A queue for a handler's own use, as Python's handlers use an `asyncio.Queue`: whoever has something puts it in without
 * waiting, and `emit` gets it, for instance with `waitForItem`.
 */
export class ItemQueue<Item> {
  readonly #items: Item[] = [];
  readonly #capacity: number;
  /** Those who wait for an item, in the order in which they came. */
  readonly #getters = new Set<(item: Item) => void>();

  constructor({ capacity = 1000 }: ItemQueueOptions = {}) {
    invariant(Number.isInteger(capacity) && capacity >= 1, "an ItemQueue's capacity is an integer of at least 1");
    this.#capacity = capacity;
  }

  /** How many items wait. */
  get size(): number {
    return this.#items.length;
  }

  /** Hands an item to the one who has waited longest, or keeps it. */
  put(item: Item): void {
    const [getter] = this.#getters;
    if (getter) {
      getter(item);
      return;
    }
    this.#items.push(item);
    if (this.#items.length > this.#capacity) this.#items.shift();
  }

  /** The oldest item, as soon as there is one. Rejects with `signal.reason` once `signal` aborts; no item is lost by that. */
  get(signal?: AbortSignal): Promise<Item> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      if (this.#items.length > 0) {
        resolve(this.#items.shift() as Item);
        return;
      }
      const getter = (item: Item): void => {
        this.#getters.delete(getter);
        signal?.removeEventListener("abort", giveUp);
        resolve(item);
      };
      const giveUp = (): void => {
        this.#getters.delete(getter);
        reject(signal?.reason);
      };
      this.#getters.add(getter);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Drops all that waits. */
  clear(): void {
    this.#items.length = 0;
  }
}
