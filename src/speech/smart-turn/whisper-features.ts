import { DenseKernel, type DenseLayer } from "../dense-kernel.ts";
import { melFilters } from "./mel-filters.ts";

const SAMPLE_RATE = 16_000;
const SPECTRUM_SAMPLES = 400;
const STEP_SAMPLES = 160;
const BINS = SPECTRUM_SAMPLES / 2 + 1;
/** How many numbers describe a moment. */
export const MEL_COUNT = 80;
/** What lies more than so many powers of ten below the loudest is taken for silence. */
const DYNAMIC_RANGE = 8;
/** Moments after which others get their turn: about half a millisecond of work. */
const MOMENTS_PER_TURN = 40;

/**
 * Sound as Whisper's models hear it: 80 bands of the spectrum every 10 ms, on a logarithmic scale (Radford et al., "Robust Speech Recognition
 * via Large-Scale Weak Supervision", 2.2; the numbers are those of its reference code).
 */
export class WhisperFeatures {
  /** How many moments the features have: one every 10 ms. */
  readonly momentCount: number;
  readonly #sampleCount: number;
  readonly #kernel: DenseKernel;
  readonly #sound: { readonly address: number; readonly values: Float32Array };
  readonly #spectra: { readonly address: number; readonly values: Float32Array };
  readonly #layer: DenseLayer;
  readonly #filters = melFilters(MEL_COUNT, BINS, SAMPLE_RATE / 2);

  /** @param seconds how long the sound is that it is given, a whole number. */
  constructor(seconds: number) {
    this.#sampleCount = seconds * SAMPLE_RATE;
    this.momentCount = this.#sampleCount / STEP_SAMPLES;
    const soundLength = this.#sampleCount + SPECTRUM_SAMPLES;
    this.#kernel = new DenseKernel(4 * (soundLength + (SPECTRUM_SAMPLES + 1) * 2 * (BINS + 8) + 8 * (BINS + 8)));
    this.#sound = this.#kernel.allocate(soundLength);
    // A Fourier transform through Hann's window, as weights: the cosines of all bins, then the sines.
    this.#layer = this.#kernel.addLayer({
      inputs: SPECTRUM_SAMPLES,
      outputs: 2 * BINS,
      weight: (output, input) => {
        const angle = (2 * Math.PI * input) / SPECTRUM_SAMPLES;
        const window = 0.5 - 0.5 * Math.cos(angle);
        // Whole turns are left out, so that the angle stays exact.
        const turned = (2 * Math.PI * (((output % BINS) * input) % SPECTRUM_SAMPLES)) / SPECTRUM_SAMPLES;
        return window * (output < BINS ? Math.cos(turned) : Math.sin(turned));
      },
      rectified: false,
    });
    this.#spectra = this.#kernel.allocate(4 * this.#layer.outputs);
  }

  /**
   * The features of a sound of the agreed length: one row of `momentCount` numbers for each of the 80 bands. One call at a time.
   * @param letOthersIn awaited every few moments, so that a long sound does not hold up everything else.
   */
  async of(samples: Float32Array, letOthersIn: () => Promise<void>): Promise<Float32Array<ArrayBuffer>> {
    this.#lay(samples);
    const features = new Float32Array(MEL_COUNT * this.momentCount);
    for (let moment = 0; moment < this.momentCount; moment += 4) {
      if (moment % MOMENTS_PER_TURN === 0 && moment > 0) await letOthersIn();
      this.#describe(moment, features);
    }
    return scaled(features);
  }

  /** Puts the sound between mirror images of its ends, so that the first and the last moment lie in the middle of theirs. */
  #lay(samples: Float32Array): void {
    const { values } = this.#sound;
    const half = SPECTRUM_SAMPLES / 2;
    values.set(samples.subarray(0, this.#sampleCount), half);
    for (let index = 1; index <= half; index += 1) {
      values[half - index] = samples[index] as number;
      values[half + this.#sampleCount - 1 + index] = samples[this.#sampleCount - 1 - index] as number;
    }
  }

  /** The bands' energies at four moments. */
  #describe(moment: number, features: Float32Array): void {
    const { outputs } = this.#layer;
    const from = { address: this.#sound.address + 4 * moment * STEP_SAMPLES, strideBytes: 4 * STEP_SAMPLES };
    this.#kernel.run(this.#layer, from, { address: this.#spectra.address, strideBytes: 4 * outputs }, 4);
    const spectra = this.#spectra.values;
    for (let row = 0; row < 4; row += 1) {
      const start = row * outputs;
      for (let bin = start; bin < start + BINS; bin += 1) {
        const real = spectra[bin] as number;
        const imaginary = spectra[bin + BINS] as number;
        spectra[bin] = real * real + imaginary * imaginary;
      }
      this.#filters.forEach(({ firstBin, weights }, band) => {
        let energy = 0;
        for (let offset = 0; offset < weights.length; offset += 1) {
          energy += (weights[offset] as number) * (spectra[start + firstBin + offset] as number);
        }
        features[band * this.momentCount + moment + row] = Math.log10(Math.max(energy, 1e-10));
      });
    }
  }
}

/** Brings the logarithms into about -1 to 1. */
function scaled(features: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const least = features.reduce((highest, value) => Math.max(highest, value), -Infinity) - DYNAMIC_RANGE;
  for (let index = 0; index < features.length; index += 1) {
    features[index] = (Math.max(features[index] as number, least) + 4) / 4;
  }
  return features;
}
