/** A filter over the bins of a spectrum: how much each counts, from the first that counts on. */
export interface MelFilter {
  readonly firstBin: number;
  readonly weights: readonly number[];
}

/**
 * Filters that see a spectrum as ears do, as Whisper's features have them: triangles that overlap by half, equally far apart on
 * Slaney's mel scale (even up to 1000 Hz, logarithmic above), each with the same area (M. Slaney, "Auditory Toolbox", 1998).
 */
export function melFilters(count: number, binCount: number, highestHz: number): readonly MelFilter[] {
  const highestMel = toMel(highestHz);
  const edges = Array.from({ length: count + 2 }, (_, index) => toHz((highestMel * index) / (count + 1)));
  const binHz = highestHz / (binCount - 1);
  return Array.from({ length: count }, (_, index) => {
    const [low, middle, high] = edges.slice(index, index + 3) as [number, number, number];
    const weightAt = (bin: number): number => {
      const rising = (bin * binHz - low) / (middle - low);
      const falling = (high - bin * binHz) / (high - middle);
      return (Math.max(0, Math.min(rising, falling)) * 2) / (high - low);
    };
    const firstBin = Math.floor(low / binHz) + 1;
    const lastBin = Math.min(binCount - 1, Math.ceil(high / binHz) - 1);
    const length = Math.max(0, lastBin - firstBin + 1);
    return { firstBin, weights: Array.from({ length }, (_item, offset) => weightAt(firstBin + offset)) };
  });
}

const LINEAR_HZ_PER_MEL = 200 / 3;
const LOGARITHMIC_FROM_HZ = 1000;
const LOGARITHMIC_FROM_MEL = LOGARITHMIC_FROM_HZ / LINEAR_HZ_PER_MEL;
/** 6400 Hz are 27 mel above 1000 Hz. */
const LOGARITHMIC_STEP = Math.log(6.4) / 27;

function toMel(hz: number): number {
  if (hz < LOGARITHMIC_FROM_HZ) return hz / LINEAR_HZ_PER_MEL;
  return LOGARITHMIC_FROM_MEL + Math.log(hz / LOGARITHMIC_FROM_HZ) / LOGARITHMIC_STEP;
}

function toHz(mel: number): number {
  if (mel < LOGARITHMIC_FROM_MEL) return mel * LINEAR_HZ_PER_MEL;
  return LOGARITHMIC_FROM_HZ * Math.exp(LOGARITHMIC_STEP * (mel - LOGARITHMIC_FROM_MEL));
}
