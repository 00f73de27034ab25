import type { AdditionalOutputs } from "./additional-outputs.ts";
import { type SessionArrivals, unknownConnection } from "./session-arrivals.ts";

/** The additional outputs of a Stream's peers, by their ids. */
export class PeerOutputs {
  readonly #arrivals: SessionArrivals;

  constructor(arrivals: SessionArrivals) {
    this.#arrivals = arrivals;
  }

  /** Whether there will be nothing to read, because the peer has gone. */
  hasEnded(id: string): boolean {
    return this.#arrivals.hasLeft(id);
  }

  /** Everything that a peer's handler gives, until the peer goes. Ends at once for a peer that has gone. */
  read(id: string): AsyncIterableIterator<AdditionalOutputs, undefined> {
    const left = new AbortController();
    // Asked for now and not when the reader begins: what is given meanwhile is for it, too.
    const reading = this.#arrivals.wait(id, left.signal).then((session) => session?.outputs.read());
    // Whoever never reads has no use for the error.
    reading.catch(() => {});
    const iterator = {
      async next(): Promise<IteratorResult<AdditionalOutputs, undefined>> {
        const reader = await reading;
        return reader ? reader.next() : { done: true, value: undefined };
      },
      async return(): Promise<IteratorReturnResult<undefined>> {
        left.abort();
        const reader = await reading.catch(() => undefined);
        await reader?.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /**
   * What a peer's handler gave last; the first one, when it has given none yet.
   * @throws {FastRtcError} `unknown_connection` when there is no such peer, or it goes before.
   */
  async latest(id: string): Promise<AdditionalOutputs> {
    const session = await this.#arrivals.wait(id);
    if (!session) throw unknownConnection(id);
    const outputs = session.outputs.latest ?? (await session.outputs.next());
    if (!outputs) throw unknownConnection(id);
    return outputs;
  }
}
