import { createDecoder, isOpusError, type OpusDecoderHandle } from "libopus-wasm";
import { toError, FastRtcError } from "../errors.ts";

const SAMPLE_RATE = 48_000;
/** How much silence stands in for a packet that is lost before the first one came. 20 ms. */
const UNKNOWN_LENGTH = 960;

export interface OpusDecoderOptions {
  /** Channels to put out: Opus mixes by itself when the sender uses another number. @default 2 */
  channels?: 1 | 2;
}

/**
 * Turns Opus packets (RFC 6716) into samples: signed 16 bits, 48 kHz, channels interleaved. What cannot be decoded is
 * concealed, so that every packet and every loss yields sound of the right length. Decoding takes
 * 0.07 ms, less than a change of threads would, so it is synchronous.
 *
 * This is libopus as WebAssembly and not FFmpeg's, which takes 0.06 ms but has no call for in-band forward error
 * correction; and one decoder has to see all packets, because each builds on the sound before it.
 */
export class OpusDecoder implements AsyncDisposable {
  readonly #channels: 1 | 2;
  #decoder: OpusDecoderHandle | undefined;
  /** Samples per channel of the last good packet: as long is one that is lost. */
  #packetSamples: number | undefined;

  private constructor(decoder: OpusDecoderHandle, channels: 1 | 2) {
    this.#decoder = decoder;
    this.#channels = channels;
  }

  /** @throws {FastRtcError} `codec_failed` when the decoder cannot be loaded. */
  static async create({ channels = 2 }: OpusDecoderOptions = {}): Promise<OpusDecoder> {
    try {
      return new OpusDecoder(await createDecoder({ channels, sampleRate: SAMPLE_RATE }), channels);
    } catch (thrown) {
      const { message } = toError(thrown);
      throw new FastRtcError("codec_failed", `The Opus decoder cannot be loaded: ${message}.`, { cause: thrown });
    }
  }

  /** Decodes one packet of 2.5 to 120 ms. Whatever the bytes are, it neither throws nor crashes: garbage counts as lost. */
  decode(packet: Uint8Array): Int16Array {
    const samples = packet.length === 0 ? undefined : this.#run(packet, false);
    if (!samples) return this.conceal();
    this.#packetSamples = samples.length / this.#channels;
    return samples;
  }

  /**
   * Sound in place of the packet before `next`, which did not come: from the copy of it in `next` where there is one
   * (in-band forward error correction, RFC 6716 §2.1.7), otherwise concealed. To be called before `next` is decoded.
   */
  recover(next: Uint8Array): Int16Array {
    const samples = next.length === 0 || this.#packetSamples === undefined ? undefined : this.#run(next, true);
    return samples ?? this.conceal();
  }

  /**
   * Sound in place of a packet that did not come, as long as the one before it: the voice goes on for a moment and
   * fades. Silence when nothing has come yet or the decoder is closed.
   */
  conceal(): Int16Array {
    const concealed = this.#packetSamples === undefined ? undefined : this.#run(null, false);
    return concealed ?? new Int16Array((this.#packetSamples ?? UNKNOWN_LENGTH) * this.#channels);
  }

  /** Frees the decoder's memory. Harmless when repeated. */
  async close(): Promise<void> {
    this.#decoder?.free();
    this.#decoder = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run(packet: Uint8Array | null, decodeFec: boolean): Int16Array | undefined {
    const frameSize = this.#packetSamples ?? UNKNOWN_LENGTH;
    try {
      return this.#decoder?.decode(packet, packet === null || decodeFec ? { decodeFec, frameSize } : {});
    } catch (thrown) {
      if (isOpusError(thrown)) return undefined; // The packet is garbage.
      throw thrown;
    }
  }
}
