import { invariant } from "../errors.ts";

export interface BoundedQueueOptions<T> {
  /** How many items wait at most. An integer of at least 1. */
  capacity: number;
  /** What gives way when the queue is full: the item that waited longest, or the one that comes. */
  overflow: "drop-oldest" | "drop-newest";
  /** Called with every item that nobody will read: dropped on overflow, or left when the queue ends. */
  onDrop?: (item: T) => void;
  /** Called when the reader asks for the next item, which it may have to wait for. */
  onAsk?: () => void;
  /** Called with every item the moment it is handed to the reader. */
  onTake?: (item: T) => void;
}

/**
 * A queue between a producer that cannot wait and a consumer that can: `push` never blocks,
 * and what does not fit is dropped by a stated rule. With a capacity of 1 and `drop-oldest`
 * the consumer always gets the newest item. One consumer at a time.
 */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #capacity: number;
  readonly #overflow: "drop-oldest" | "drop-newest";
  readonly #onDrop: ((item: T) => void) | undefined;
  readonly #onAsk: (() => void) | undefined;
  readonly #onTake: ((item: T) => void) | undefined;
  #waiting: ((result: IteratorResult<T, undefined>) => void) | undefined;
  #drain: ((item: T) => Promise<void> | undefined) | undefined;
  #isDrainBusy = false;
  #asked = false;
  #ended = false;
  #droppedCount = 0;

  constructor({ capacity, overflow, onDrop, onAsk, onTake }: BoundedQueueOptions<T>) {
    invariant(Number.isInteger(capacity) && capacity >= 1, "a queue holds at least one item");
    this.#capacity = capacity;
    this.#overflow = overflow;
    this.#onDrop = onDrop;
    this.#onAsk = onAsk;
    this.#onTake = onTake;
  }

  /** How many items wait to be read. */
  get length(): number {
    return this.#items.length;
  }

  /** How many items were dropped because the queue was full. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Whether its reader has yet to come back, after it came at least once. */
  get isWorkedOn(): boolean {
    if (this.#drain) return this.#isDrainBusy && !this.#ended;
    return this.#asked && !this.#waiting && !this.#ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Hands over an item; after `end` it is dropped at once. */
  push(item: T): void {
    if (this.#ended) {
      this.#onDrop?.(item);
      return;
    }
    if (this.#waiting) {
      const resolve = this.#waiting;
      this.#waiting = undefined;
      this.#onTake?.(item);
      resolve({ done: false, value: item });
      return;
    }
    if (this.#drain && !this.#isDrainBusy) {
      this.#handOver(item, this.#drain);
      return;
    }
    if (this.#items.length >= this.#capacity) {
      this.#droppedCount += 1;
      if (this.#overflow === "drop-newest") {
        this.#onDrop?.(item);
        return;
      }
      const oldest = this.#items.shift() as T;
      this.#onDrop?.(oldest);
    }
    this.#items.push(item);
  }

  /** Drops all that waits and `item`, behind which another follows at once. */
  passOver(item: T): void {
    this.clear();
    this.#onDrop?.(item);
  }

  /** Drops all that waits. */
  clear(): void {
    for (const item of this.#items.splice(0)) this.#onDrop?.(item);
  }

  /** Ends the queue: what waits is dropped, and the reader's loop is over. Harmless when repeated. */
  end(): void {
    this.clear();
    this.finish();
  }

  /** Takes nothing more, and ends once what waits has been read. Harmless when repeated. */
  finish(): void {
    this.#ended = true;
    if (this.#items.length > 0) return;
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  /**
   * Has every item handed to `take`, instead of being asked for: at once, without a promise for each, of which a thousand peers
   * with fifty packets a second make too many. While a promise that `take` returned is pending, items wait.
   * @param take must not throw, and its promise not reject.
   */
  drain(take: (item: T) => Promise<void> | undefined): void {
    invariant(!this.#waiting && !this.#drain, "a bounded queue has one reader at a time");
    this.#drain = take;
    this.#onAsk?.();
    this.#handOverRest(take);
  }

  /** The next item, or `done` once the queue has ended. */
  next(): Promise<IteratorResult<T, undefined>> {
    invariant(!this.#waiting && !this.#drain, "a bounded queue has one reader at a time");
    this.#asked = true;
    this.#onAsk?.();
    if (this.#items.length > 0) {
      const item = this.#items.shift() as T;
      this.#onTake?.(item);
      return Promise.resolve({ done: false, value: item });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return { next: () => this.next() };
  }

  #handOver(item: T, take: (item: T) => Promise<void> | undefined): void {
    this.#isDrainBusy = true; // What is pushed meanwhile, by `take` itself perhaps, waits for its turn.
    this.#onTake?.(item);
    const taken = take(item);
    if (taken) {
      void taken.then(() => {
        this.#finishOne();
        this.#handOverRest(take);
      });
      return;
    }
    this.#finishOne();
    if (this.#items.length > 0) this.#handOverRest(take);
  }

  #finishOne(): void {
    this.#isDrainBusy = false;
    this.#onAsk?.();
  }

  #handOverRest(take: (item: T) => Promise<void> | undefined): void {
    if (!this.#isDrainBusy && this.#items.length > 0) this.#handOver(this.#items.shift() as T, take);
  }
}
