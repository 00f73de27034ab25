import { AudioFrame } from "./audio-frame.ts";
import { mixChannels } from "./mix-channels.ts";
import { Resampler } from "./resampler.ts";

export interface AudioConverterOptions {
  /** Samples per second of one channel that come out, an integer from 1000 to 384000. */
  readonly sampleRate: number;
  /** How many channels come out, an integer from 1 to 32. */
  readonly channels: number;
}

/** The sound that a resampler was given, so that what comes out of it can be told when it was taken. */
interface Resampling {
  readonly sampleRate: number;
  readonly channels: number;
  readonly resampler: Resampler;
  inputCount: number;
  outputCount: number;
}

/**
 * Gives a stream of sound one format - sample rate, number of channels, 16 bits - whatever its pieces come in, and without a
 * seam between them. To change the rate it holds back up to 35 samples, which `flush` gives.
 */
export class AudioConverter {
  readonly #sampleRate: number;
  readonly #channels: number;
  #resampling: Resampling | undefined;

  constructor({ sampleRate, channels }: AudioConverterOptions) {
    this.#sampleRate = sampleRate;
    this.#channels = channels;
  }

  /**
   * The next piece in the format, the very frame where nothing changes; undefined when all of it is held back. A piece of
   * another rate than the one before begins with what that had left.
   * @throws {FastRtcError} `invalid_argument` for a rate below 1000.
   */
  push(frame: AudioFrame): AudioFrame | undefined {
    const channels = Math.min(frame.channels, this.#channels);
    const { sampleRate } = frame;
    const current = this.#resampling;
    const rest = current?.sampleRate === sampleRate && current.channels === channels ? undefined : this.flush();
    const converted = sampleRate === this.#sampleRate ? this.#asItIs(frame) : this.#resample(frame, channels);
    if (!rest || !converted) return rest ?? converted;
    const samples = new Int16Array(rest.samples.length + converted.samples.length);
    samples.set(rest.samples);
    samples.set(converted.samples, rest.samples.length);
    return this.#frame(samples, rest.timestampUs);
  }

  /** What was held back; what is pushed afterwards is a new stream. */
  flush(): AudioFrame | undefined {
    const resampling = this.#resampling;
    this.#resampling = undefined;
    return resampling && this.#mixed(resampling.resampler.flush(), resampling.channels, undefined);
  }

  /** Drops what was held back. */
  clear(): void {
    this.#resampling = undefined;
  }

  #asItIs(frame: AudioFrame): AudioFrame | undefined {
    if (frame.length === 0) return undefined;
    const mixed = frame.withChannels(this.#channels);
    return mixed.samples instanceof Int16Array ? mixed : this.#frame(mixed.toInt16(), frame.timestampUs);
  }

  #resample(frame: AudioFrame, channels: number): AudioFrame | undefined {
    const { sampleRate, timestampUs } = frame;
    const resampling = (this.#resampling ??= {
      sampleRate,
      channels,
      resampler: new Resampler({ inputRate: sampleRate, outputRate: this.#sampleRate, channels }),
      inputCount: 0,
      outputCount: 0,
    });
    const samples = resampling.resampler.push(mixChannels(frame.samples, frame.channels, channels));
    const aheadUs = (resampling.outputCount / this.#sampleRate - resampling.inputCount / sampleRate) * 1e6;
    resampling.inputCount += frame.length;
    resampling.outputCount += samples.length / channels;
    return this.#mixed(samples, channels, timestampUs === undefined ? undefined : timestampUs + aheadUs);
  }

  #mixed(samples: Float32Array, channels: number, timestampUs: number | undefined): AudioFrame | undefined {
    if (samples.length === 0) return undefined;
    const mixed = new AudioFrame({ samples, sampleRate: this.#sampleRate, channels }).withChannels(this.#channels);
    return this.#frame(mixed.toInt16(), timestampUs);
  }

  #frame(samples: Int16Array, timestampUs: number | undefined): AudioFrame {
    return new AudioFrame({ samples, sampleRate: this.#sampleRate, channels: this.#channels, timestampUs });
  }
}
