/**
 * 16-bit samples of bytes that come in pieces of any length, as speech services send them: a sample that is cut in two is
 * put together again. Bytes are signed, the lower one first; a last one without its other half is dropped. Pieces that
 * complete no sample give nothing. Where pieces come asynchronously, such as those of `response.body`, samples do so, too.
 */
export function aggregateBytesTo16Bit(chunks: Iterable<Uint8Array>): Generator<Int16Array, void, undefined>;
export function aggregateBytesTo16Bit(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array, void, undefined>;
export function aggregateBytesTo16Bit(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Generator<Int16Array, void, undefined> | AsyncGenerator<Int16Array, void, undefined> {
  return Symbol.asyncIterator in chunks ? aggregateLater(chunks) : aggregateNow(chunks);
}

function* aggregateNow(chunks: Iterable<Uint8Array>): Generator<Int16Array, void, undefined> {
  const joiner = new SampleJoiner();
  for (const chunk of chunks) {
    const samples = joiner.push(chunk);
    if (samples.length > 0) yield samples;
  }
}

async function* aggregateLater(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array, void, undefined> {
  const joiner = new SampleJoiner();
  for await (const chunk of chunks) {
    const samples = joiner.push(chunk);
    if (samples.length > 0) yield samples;
  }
}

/** Holds the byte that waits for its other half. */
class SampleJoiner {
  #held: number | undefined;

  push(chunk: Uint8Array): Int16Array {
    const offset = this.#held === undefined ? 0 : 1;
    const byteLength = chunk.byteLength + offset;
    const samples = new Int16Array(byteLength >> 1);
    const at = (index: number): number => (index < offset ? this.#held : chunk[index - offset]) ?? 0;
    for (let index = 0; index < samples.length; index += 1) {
      samples[index] = at(2 * index) | (at(2 * index + 1) << 8);
    }
    this.#held = byteLength % 2 === 1 ? at(byteLength - 1) : undefined;
    return samples;
  }
}
