import { BoundedQueue } from "../async/bounded-queue.ts";
import type { AdditionalOutputs } from "./additional-outputs.ts";

/** How many outputs wait for a reader that is slow; the oldest go first. */
const MAX_WAITING = 256;

/**
 * The additional outputs of one session, for any number of readers at once. What is published before there is a reader waits
 * for the first one, since a front end learns of its session before it can ask for its outputs.
 */
export class SessionOutputs {
  readonly #readers = new Set<BoundedQueue<AdditionalOutputs>>();
  #latest: AdditionalOutputs | undefined;
  #ended = false;
  /** The queue that waits for the first reader. */
  #unread: BoundedQueue<AdditionalOutputs> | undefined = this.#open();

  /** What was published last. */
  get latest(): AdditionalOutputs | undefined {
    return this.#latest;
  }

  publish(outputs: AdditionalOutputs): void {
    this.#latest = outputs;
    for (const reader of this.#readers) reader.push(outputs);
  }

  /**
   * Everything that is published from this call on, until the session ends or the reader leaves its loop; for the first
   * reader what was published before, too. Of more than 256 that wait for a slow reader the oldest are dropped.
   */
  read(): AsyncIterableIterator<AdditionalOutputs, undefined> {
    const reader = this.#unread ?? this.#open();
    this.#unread = undefined;
    const iterator = {
      next: () => reader.next(),
      return: async () => {
        this.#readers.delete(reader);
        reader.end();
        return { done: true as const, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Everything that is published from this call on, until the session ends; what was given before stays for the first reader. */
  follow(): AsyncIterable<AdditionalOutputs> {
    return this.#open();
  }

  /** What is published next, or undefined when the session ends before. */
  async next(): Promise<AdditionalOutputs | undefined> {
    const reader = this.#open();
    const { value } = await reader.next();
    this.#readers.delete(reader);
    return value;
  }

  /** Ends every reader once it has read what waits. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.finish();
    this.#readers.clear();
  }

  #open(): BoundedQueue<AdditionalOutputs> {
    const reader = new BoundedQueue<AdditionalOutputs>({ capacity: MAX_WAITING, overflow: "drop-oldest" });
    if (this.#ended) reader.finish();
    else this.#readers.add(reader);
    return reader;
  }
}
