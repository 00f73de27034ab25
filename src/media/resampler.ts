import { FastRtcError } from "../errors.ts";
import { type Samples, toFloat32Samples } from "./convert-samples.ts";
import { type ResamplingFilter, resamplingFilter } from "./resampling-filter.ts";

export interface ResamplerOptions {
  /** Samples per second of what comes in, an integer from 1000 to 384000. */
  inputRate: number;
  /** Samples per second of what goes out, likewise. */
  outputRate: number;
  /** How many channels alternate in the samples, an integer from 1 to 32. @default 1 */
  channels?: number;
}

/**
 * Gives a stream of audio another sample rate, piece by piece. However the stream is cut into pieces, the result is the
 * same to the bit, because each output sample is made of the same input samples. Sound keeps its time:
 * output sample n stands for the moment n / outputRate. To make a sample the resampler has to know the sound up to
 * 35 samples (of the lower rate) ahead, so that much is held back: 2.2 ms at 16 kHz. Between equal rates nothing is
 * changed or held back.
 *
 * From 48 to 16 kHz a sine keeps a distance of 131 dB to what is added to it, and what 16 kHz cannot hold comes
 * through at -105 dB. (J. O. Smith, "Digital Audio Resampling", describes the method.)
 */
export class Resampler {
  readonly #filter: ResamplingFilter;
  readonly #channels: number;
  /** Per channel the input samples that are still needed, and room for more. */
  readonly #held: Float64Array[];
  /** How many samples each channel holds. */
  #heldCount = 0;
  /** The first held sample that the next output sample is made of, and how far that lies behind it. */
  #position = 0;
  #phase = 0;
  /** How many samples each channel was given and gave since the beginning. */
  #inputCount = 0;
  #outputCount = 0;

  /** @throws {FastRtcError} `invalid_argument` when a value is out of its range. */
  constructor({ inputRate, outputRate, channels = 1 }: ResamplerOptions) {
    for (const rate of [inputRate, outputRate]) {
      if (!Number.isInteger(rate) || rate < 1_000 || rate > 384_000) {
        throw new FastRtcError(
          "invalid_argument",
          `A Resampler takes rates that are integers from 1000 to 384000, but not ${String(rate)}.`,
        );
      }
    }
    if (!Number.isInteger(channels) || channels < 1 || channels > 32) {
      throw new FastRtcError("invalid_argument", `A Resampler takes 1 to 32 channels, but not ${String(channels)}.`);
    }
    this.#filter = resamplingFilter(inputRate, outputRate);
    this.#channels = channels;
    this.#held = Array.from({ length: channels }, () => new Float64Array(4 * this.#filter.taps));
    this.#begin();
  }

  /**
   * Takes the next samples, interleaved, and gives all that can be made by now, as fractions from about -1 to 1: a loud
   * sound may come out a little beyond.
   * @throws {FastRtcError} `invalid_argument` when the samples of the last moment are not complete.
   */
  push(samples: Samples): Float32Array<ArrayBuffer> {
    const channels = this.#channels;
    if (samples.length % channels !== 0) {
      throw new FastRtcError(
        "invalid_argument",
        `${samples.length} samples cannot be shared out among ${channels} channels.`,
      );
    }
    if (this.#filter.step === this.#filter.phases) return new Float32Array(toFloat32Samples(samples));
    const count = samples.length / channels;
    this.#makeRoom(count);
    const scale = samples instanceof Int16Array ? 1 / 32_768 : 1;
    for (let channel = 0; channel < channels; channel += 1) {
      const held = this.#held[channel] as Float64Array;
      let write = this.#heldCount;
      for (let read = channel; read < samples.length; read += channels) {
        held[write] = (samples[read] as number) * scale;
        write += 1;
      }
    }
    this.#heldCount += count;
    this.#inputCount += count;
    return this.#filterAll(Infinity);
  }

  /**
   * Ends the stream: gives the samples that were held back, as if silence followed, so that all output lasts as long as
   * the input did. What is pushed afterwards is a new stream.
   */
  flush(): Float32Array<ArrayBuffer> {
    const { taps, step, phases } = this.#filter;
    this.#makeRoom(taps);
    for (const held of this.#held) held.fill(0, this.#heldCount, this.#heldCount + taps);
    this.#heldCount += taps;
    const rest = this.#filterAll(Math.ceil((this.#inputCount * phases) / step) - this.#outputCount);
    this.#begin();
    return rest;
  }

  /** Puts silence before the first sample. */
  #begin(): void {
    this.#heldCount = this.#filter.taps / 2 - 1;
    for (const held of this.#held) held.fill(0, 0, this.#heldCount);
    this.#position = 0;
    this.#phase = 0;
    this.#inputCount = 0;
    this.#outputCount = 0;
  }

  /** Drops what no sample needs any more, and enlarges the memory if that is not enough. */
  #makeRoom(count: number): void {
    const capacity = (this.#held[0] as Float64Array).length;
    if (this.#heldCount + count <= capacity) return;
    const kept = Math.max(0, this.#heldCount - this.#position);
    // A step over more samples than are held leaves a gap to those that will come.
    const dropped = this.#heldCount - kept;
    const enlarged = kept + count > capacity ? 2 * (kept + count) : capacity;
    this.#held.forEach((held, channel) => {
      if (enlarged === capacity) {
        held.copyWithin(0, dropped, this.#heldCount);
        return;
      }
      const larger = new Float64Array(enlarged);
      larger.set(held.subarray(dropped, this.#heldCount));
      this.#held[channel] = larger;
    });
    this.#heldCount = kept;
    this.#position -= dropped;
  }

  /** Makes all output samples whose input is there, at most `limit` per channel. */
  #filterAll(limit: number): Float32Array<ArrayBuffer> {
    const { step, phases, taps } = this.#filter;
    // The last sample that can be made needs `taps` held samples from its position on.
    const spare = (this.#heldCount - taps - this.#position) * phases - this.#phase;
    const count = Math.max(0, Math.min(limit, Math.floor(spare / step) + 1));
    const output = new Float32Array(count * this.#channels);
    this.#held.forEach((held, channel) => this.#filterChannel(held, output, channel));
    const passed = this.#phase + count * step;
    this.#position += Math.floor(passed / phases);
    this.#phase = passed % phases;
    this.#outputCount += count;
    return output;
  }

  #filterChannel(held: Float64Array, output: Float32Array, channel: number): void {
    const { step, phases, taps, weights, rows } = this.#filter;
    const wholeStep = Math.floor(step / phases);
    const partStep = step % phases;
    let position = this.#position;
    let phase = this.#phase;
    for (let write = channel; write < output.length; write += this.#channels) {
      if (rows === phases) {
        output[write] = weighted(held, position, weights, phase * taps, taps);
      } else {
        const place = (phase * rows) / phases;
        const row = Math.floor(place);
        const before = weighted(held, position, weights, row * taps, taps);
        const after = weighted(held, position, weights, (row + 1) * taps, taps);
        output[write] = before + (after - before) * (place - row);
      }
      position += wholeStep;
      phase += partStep;
      if (phase >= phases) {
        phase -= phases;
        position += 1;
      }
    }
  }
}

/** The sum of samples times weights, by four sums that do not wait for each other. */
function weighted(
  samples: Float64Array,
  sampleStart: number,
  weights: Float64Array,
  weightStart: number,
  taps: number,
): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const end = sampleStart + taps;
  for (let sample = sampleStart, weight = weightStart; sample < end; sample += 4, weight += 4) {
    sum0 += (samples[sample] as number) * (weights[weight] as number);
    sum1 += (samples[sample + 1] as number) * (weights[weight + 1] as number);
    sum2 += (samples[sample + 2] as number) * (weights[weight + 2] as number);
    sum3 += (samples[sample + 3] as number) * (weights[weight + 3] as number);
  }
  return sum0 + sum1 + (sum2 + sum3);
}
