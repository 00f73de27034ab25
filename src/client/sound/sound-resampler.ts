/** Zero crossings of the filter to each side. */
const ZEROS = 12;
/** Where the filter begins to cut, as a part of the lower rate's bandwidth. */
const ROLLOFF = 0.9;

/** How many places between two samples have weights of their own: those of all usual rates, and to any other it is near. */
const PHASES = 960;

/**
 * Gives a stream of sound another sample rate: a Hann-windowed sinc, 75 dB clean, and 54 dB against what the lower rate cannot hold. The
 * server's `Resampler` does better in five times the bytes, which a page would have to load. It holds back some 12 samples of the lower rate.
 */
export class SoundResampler {
  readonly #step: number;
  readonly #cutoff: number;
  readonly #half: number;
  readonly #channels: number;
  /** By phase, as they are first needed. */
  readonly #weights: Float32Array[] = [];
  /** Interleaved samples that are still needed. */
  #held: Float32Array;
  /** Where among the held moments the next output lies. */
  #position: number;

  constructor(inputRate: number, outputRate: number, channels: number) {
    this.#step = inputRate / outputRate;
    this.#cutoff = inputRate === outputRate ? 1 : ROLLOFF * Math.min(1, outputRate / inputRate);
    this.#half = Math.ceil(ZEROS / this.#cutoff);
    this.#channels = channels;
    this.#held = new Float32Array(this.#half * channels);
    this.#position = this.#half;
  }

  /** Takes the next samples, interleaved, and gives all that can be made by now. */
  push(samples: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    if (this.#step === 1) return samples;
    const channels = this.#channels;
    const half = this.#half;
    const input = new Float32Array(this.#held.length + samples.length);
    input.set(this.#held);
    input.set(samples, this.#held.length);
    const last = input.length / channels - half; // Exclusive: further on the filter would lack samples.
    const output: number[] = [];
    let position = this.#position;
    for (; position < last; position += this.#step) {
      const whole = Math.floor(position);
      const weights = this.#weightsAt(Math.round((position - whole) * PHASES));
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0;
        let at = (whole - half + 1) * channels + channel;
        for (const weight of weights) {
          sum += weight * (input[at] as number);
          at += channels;
        }
        output.push(sum);
      }
    }
    const done = Math.max(0, Math.floor(position) - half);
    this.#held = input.slice(done * channels);
    this.#position = position - done;
    return Float32Array.from(output);
  }

  #weightsAt(phase: number): Float32Array {
    this.#weights[phase] ??= Float32Array.from({ length: 2 * this.#half }, (_, tap) => {
      const distance = tap - this.#half + 1 - phase / PHASES;
      if (Math.abs(distance) >= this.#half) return 0;
      const x = Math.PI * this.#cutoff * distance;
      const sinc = x === 0 ? 1 : Math.sin(x) / x;
      return this.#cutoff * sinc * (0.5 + 0.5 * Math.cos((Math.PI * distance) / this.#half));
    });
    return this.#weights[phase];
  }
}
