/** Audio samples: whole numbers from -32768 to 32767, or fractions from -1 to 1. */
export type Samples = Int16Array | Float32Array;

/**
 * Samples as 16-bit whole numbers: those given when they are, otherwise converted (1 becomes 32767, what is beyond
 * -1 or 1 is clipped, NaN is silence). 16 bits survive the way to fractions and back unchanged.
 */
export function toInt16Samples(samples: Samples): Int16Array {
  if (samples instanceof Int16Array) return samples;
  const converted = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    const scaled = Math.round((samples[index] as number) * 32_768);
    converted[index] = scaled > 32_767 ? 32_767 : scaled < -32_768 ? -32_768 : scaled;
  }
  return converted;
}

/** Samples as fractions from -1 (inclusive) to 1 (exclusive for 16-bit ones): those given when they are. */
export function toFloat32Samples(samples: Samples): Float32Array {
  if (samples instanceof Float32Array) return samples;
  const converted = new Float32Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    converted[index] = (samples[index] as number) / 32_768;
  }
  return converted;
}
