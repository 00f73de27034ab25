import { toFloat32Samples, toInt16Samples } from "../../media/convert-samples.ts";
import { decodeMuLaw, encodeMuLaw } from "../../media/g711.ts";
import type { WireFormat } from "./sound-format.ts";
import { SoundResampler } from "./sound-resampler.ts";

/** Turns what is recorded into the bytes of messages, and those of the server into what is played. */
export class SoundCoder {
  readonly #format: WireFormat;
  readonly #recorded: SoundResampler;
  readonly #received: SoundResampler;

  /** @param deviceRate of what is recorded and played, in hertz */
  constructor(format: WireFormat, deviceRate: number) {
    this.#format = format;
    this.#recorded = new SoundResampler(deviceRate, format.inputRate, 1);
    this.#received = new SoundResampler(format.outputRate, deviceRate, format.channels);
  }

  /** @param samples of one channel */
  encode(samples: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { encoding, channels } = this.#format;
    const mono = toInt16Samples(this.#recorded.push(samples));
    const all =
      channels === 1 ? mono : Int16Array.from({ length: mono.length * 2 }, (_, index) => mono[index >> 1] ?? 0);
    // Two bytes each, little endian, as in the memory of whatever runs a browser.
    return encoding === "pcm16" ? new Uint8Array(all.buffer as ArrayBuffer) : encodeMuLaw(all);
  }

  /** Interleaved samples; undefined when the bytes are no whole ones. */
  decode(bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> | undefined {
    const { encoding, channels } = this.#format;
    const isPcm = encoding === "pcm16";
    if (bytes.length % (isPcm ? 2 * channels : channels) !== 0) return undefined;
    const samples = isPcm ? new Int16Array(bytes.slice().buffer) : decodeMuLaw(bytes);
    return this.#received.push(toFloat32Samples(samples) as Float32Array<ArrayBuffer>);
  }
}
