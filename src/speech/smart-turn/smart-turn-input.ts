/** The sound's last samples, with silence before them where it is shorter: the end of the turn is what the model looks at. */
export function lastSamples(samples: Float32Array, count: number): Float32Array {
  if (samples.length >= count) return samples.slice(samples.length - count);
  const padded = new Float32Array(count);
  padded.set(samples, count - samples.length);
  return padded;
}

/** Gives samples a mean of 0 and a variance of 1, in place, so that loud and quiet voices look the same. */
export function normalise(samples: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / Math.max(1, samples.length);
  const variance = Math.max(0, squares / Math.max(1, samples.length) - mean * mean);
  const scale = 1 / Math.sqrt(variance + 1e-7);
  for (let index = 0; index < samples.length; index += 1) samples[index] = ((samples[index] as number) - mean) * scale;
  return samples;
}
