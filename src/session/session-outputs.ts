import { BoundedQueue } from "../async/bounded-queue.ts";
import type { AdditionalOutputs } from "./additional-outputs.ts";

/** How many outputs wait for a reader that is slow; the oldest go first. */
const MAX_WAITING = 256;

/** The additional outputs of one session, for any number of readers at once. */
export class SessionOutputs {
  readonly #readers = new Set<BoundedQueue<AdditionalOutputs>>();
  #latest: AdditionalOutputs | undefined;
  #ended = false;

  /** What was published last. */
  get latest(): AdditionalOutputs | undefined {
    return this.#latest;
  }

  publish(outputs: AdditionalOutputs): void {
    this.#latest = outputs;
    for (const reader of this.#readers) reader.push(outputs);
  }

  /** Everything that is published from now on, until the session ends or the reader leaves its loop. */
  async *read(): AsyncGenerator<AdditionalOutputs, void, undefined> {
    if (this.#ended) return;
    const reader = new BoundedQueue<AdditionalOutputs>({ capacity: MAX_WAITING, overflow: "drop-oldest" });
    this.#readers.add(reader);
    try {
      yield* reader;
    } finally {
      this.#readers.delete(reader);
    }
  }

  /** Ends every reader once it has read what waits. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.finish();
  }
}
