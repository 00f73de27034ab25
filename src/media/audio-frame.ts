import { FastRtcError } from "../errors.ts";
import { type Samples, toFloat32Samples, toInt16Samples } from "./convert-samples.ts";
import { mixChannels } from "./mix-channels.ts";

/** How many channels samples have: one, or two that alternate, the left one first. */
export type AudioLayout = "mono" | "stereo";

/** Audio as FastRTC's handlers know it: samples per second, the samples, and "mono" unless they are stereo. */
export type AudioTuple = readonly [sampleRate: number, samples: Samples, layout?: AudioLayout];

/** What `new AudioFrame` takes. */
export interface AudioFrameInit {
  /** Int16 from -32768 to 32767, or Float32 from -1 to 1; with several channels their samples alternate. Not copied. */
  samples: Samples;
  /** Samples per second of one channel, an integer from 1 to 384000. */
  sampleRate: number;
  /** How many channels alternate in `samples`, an integer from 1 to 32. @default 1 */
  channels?: number;
  /** When the first sample was taken, in microseconds; only differences mean something. @default undefined */
  timestampUs?: number | undefined;
}

/**
 * A piece of sound. Samples are interleaved (left, right, left, right ...), as Opus, WAV files and phones have them, and
 * stay of the kind they came in, Int16 or Float32, until somebody asks for the other.
 */
export class AudioFrame {
  /** Int16 from -32768 to 32767, or Float32 from -1 to 1; with several channels their samples alternate. */
  readonly samples: Samples;
  /** Samples per second of one channel. */
  readonly sampleRate: number;
  /** How many channels alternate in `samples`. */
  readonly channels: number;
  /** When the first sample was taken, in microseconds; only differences mean something. */
  readonly timestampUs: number | undefined;

  /** @throws {FastRtcError} `invalid_argument` when a value is out of its range or the last samples are not complete. */
  constructor({ samples, sampleRate, channels = 1, timestampUs }: AudioFrameInit) {
    assertSamples(samples);
    assertSampleRate(sampleRate);
    if (!Number.isInteger(channels) || channels < 1 || channels > 32) {
      throw invalid(`An AudioFrame has 1 to 32 channels, but not ${String(channels)}.`);
    }
    if (samples.length % channels !== 0) {
      throw invalid(`${samples.length} samples cannot be shared out among ${channels} channels.`);
    }
    if (timestampUs !== undefined && !Number.isFinite(timestampUs)) {
      throw invalid(`An AudioFrame's timestampUs must be a number of microseconds, but it is ${String(timestampUs)}.`);
    }
    this.samples = samples;
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.timestampUs = timestampUs;
  }

  /**
   * The frame in what a handler emits: an AudioFrame as it is, or `[sampleRate, samples, layout?]`, whose samples
   * are not copied.
   * @throws {FastRtcError} `invalid_argument` when it is neither.
   */
  static from(audio: AudioFrame | AudioTuple): AudioFrame {
    if (audio instanceof AudioFrame) return audio;
    if (!Array.isArray(audio) || audio.length < 2 || audio.length > 3) {
      throw invalid(`Audio is an AudioFrame or [sampleRate, samples, layout?], but not ${kindOf(audio)}.`);
    }
    const [sampleRate, samples, layout = "mono"] = audio as AudioTuple;
    if (layout !== "mono" && layout !== "stereo") {
      throw invalid(`The layout of audio is "mono" or "stereo", but not ${String(layout)}.`);
    }
    return new AudioFrame({ samples, sampleRate, channels: layout === "stereo" ? 2 : 1 });
  }

  /** A frame of channels that lie apart, as Web Audio and most models have them: one array of equal length for each. */
  static fromChannels(channels: readonly Float32Array[], sampleRate: number): AudioFrame {
    const length = channels[0]?.length ?? 0;
    if (channels.some((channel) => channel.length !== length)) {
      throw invalid(`All channels must be of equal length, but they have ${channels.map((c) => c.length).join(", ")}.`);
    }
    const samples = new Float32Array(length * channels.length);
    channels.forEach((channel, offset) => {
      for (let index = 0; index < length; index += 1) {
        samples[index * channels.length + offset] = channel[index] as number;
      }
    });
    return new AudioFrame({ samples, sampleRate, channels: channels.length });
  }

  /**
   * FastRTC's pair, so that a frame can be taken apart as there: `const [sampleRate, samples] = frame`. By these two
   * TypeScript knows the type of each.
   */
  get 0(): number {
    return this.sampleRate;
  }

  get 1(): Samples {
    return this.samples;
  }

  *[Symbol.iterator](): Generator<number | Samples, void, undefined> {
    yield this.sampleRate;
    yield this.samples;
  }

  /** How many samples each channel has. */
  get length(): number {
    return this.samples.length / this.channels;
  }

  /** How long the frame sounds, in milliseconds. */
  get durationMs(): number {
    return (this.length * 1000) / this.sampleRate;
  }

  /** The interleaved samples as 16-bit numbers; those of the frame itself when they are. */
  toInt16(): Int16Array {
    return toInt16Samples(this.samples);
  }

  /** The interleaved samples as fractions from -1 to 1; those of the frame itself when they are. */
  toFloat32(): Float32Array {
    return toFloat32Samples(this.samples);
  }

  /**
   * The frame with another number of channels: the average of all for one, copies of the only one for several.
   * This frame itself when nothing changes.
   */
  withChannels(channels: number): AudioFrame {
    if (channels === this.channels) return this;
    const { sampleRate, timestampUs } = this;
    // Checks the number before anything is allocated by it.
    const empty = new AudioFrame({ samples: this.samples.subarray(0, 0), sampleRate, channels, timestampUs });
    const samples = mixChannels(this.samples, this.channels, empty.channels);
    return new AudioFrame({ samples, sampleRate, channels, timestampUs });
  }

  /** A copy of one channel, 0 being the left one, as fractions from -1 to 1. */
  channel(index: number): Float32Array {
    if (!Number.isInteger(index) || index < 0 || index >= this.channels) {
      throw invalid(`The frame has channels 0 to ${this.channels - 1}, but not ${String(index)}.`);
    }
    const whole = this.samples instanceof Int16Array;
    return Float32Array.from({ length: this.length }, (_, position) => {
      const sample = this.samples[position * this.channels + index] as number;
      return whole ? sample / 32_768 : sample;
    });
  }
}

function assertSampleRate(sampleRate: number): void {
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > 384_000) {
    throw invalid(`A sample rate is an integer from 1 to 384000 per second, but not ${String(sampleRate)}.`);
  }
}

function assertSamples(samples: unknown): void {
  if (samples instanceof Int16Array || samples instanceof Float32Array) return;
  const advice =
    samples instanceof Uint8Array
      ? " Bytes of 16-bit PCM become samples by new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)."
      : "";
  throw invalid(`Samples are an Int16Array or a Float32Array, but not ${kindOf(samples)}.${advice}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `a ${value.constructor?.name ?? "plain object"}`;
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_argument", message);
}
