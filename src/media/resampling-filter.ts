import { RecentCache } from "./recent-cache.ts";

/** Zero crossings of the filter's sinc to each side. More make its edge steeper and take longer. */
const ZEROS = 32;

/** How much the filter's ends fade: 10 keeps what is cut off below about -100 dB. */
const KAISER_BETA = 10;

/** Where the filter begins to cut, as a part of the lower rate's bandwidth. */
const ROLLOFF = 0.945;

/**
 * How many places between two samples have weights of their own; between more, weights are interpolated, which is off by
 * -140 dB. A filter for a lower output rate changes more slowly, so fewer are enough.
 */
const MAX_ROWS = 2_048;
const MIN_ROWS = 32;

/**
 * The weights that make a sample at another place out of those around it: a Kaiser-windowed sinc, cut into phases, one
 * for each place between two samples where an output sample can lie.
 */
export interface ResamplingFilter {
  /** Output samples come at every multiple of `step / phases` input samples; both without common divisor. */
  readonly step: number;
  readonly phases: number;
  /** How many input samples an output sample is made of, a multiple of 4; the middle two lie around it. */
  readonly taps: number;
  /** Per row of weights `taps` values, and one row more than there are rows, for the place of the next sample. */
  readonly weights: Float64Array;
  readonly rows: number;
}

const recentFilters = new RecentCache<ResamplingFilter>(16_000_000);

/** The filter between two sample rates, which is the same for all that use it. */
export function resamplingFilter(inputRate: number, outputRate: number): ResamplingFilter {
  const divisor = greatestCommonDivisor(inputRate, outputRate);
  const step = inputRate / divisor;
  const phases = outputRate / divisor;
  const key = `${step}/${phases}`;
  const known = recentFilters.get(key);
  if (known) return known;
  const made = design(step, phases);
  recentFilters.add(key, made, made.weights.byteLength);
  return made;
}

function design(step: number, phases: number): ResamplingFilter {
  // In periods of the input rate: half of it is what the input can hold, and less when the output holds less.
  const cutoff = ROLLOFF * Math.min(1, phases / step);
  const halfWidth = ZEROS / cutoff;
  const half = 2 * Math.ceil(halfWidth / 2);
  const taps = 2 * half;
  const rows = Math.min(phases, Math.max(MIN_ROWS, Math.ceil(MAX_ROWS * Math.min(1, phases / step))));
  const weights = new Float64Array((rows + 1) * taps);
  const windowScale = 1 / bessel(KAISER_BETA);
  for (let row = 0; row <= rows; row += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - (half - 1) - row / rows;
      const edge = distance / halfWidth;
      if (Math.abs(edge) >= 1) continue;
      const window = bessel(KAISER_BETA * Math.sqrt(1 - edge * edge)) * windowScale;
      weights[row * taps + tap] = cutoff * sinc(cutoff * distance) * window;
    }
  }
  return { step, phases, taps, weights, rows };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The modified Bessel function of the first kind and order 0, by its power series. */
function bessel(x: number): number {
  const quarter = (x * x) / 4;
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
