import type { Samples } from "./convert-samples.ts";

/**
 * Gives interleaved samples another number of channels. To one channel all are averaged, which cannot clip; from one
 * channel all become the same. Otherwise channels that both have stay, further ones are dropped or silent.
 * Returns the samples that were given when nothing changes.
 */
export function mixChannels<Kind extends Samples>(samples: Kind, from: number, to: number): Kind {
  if (from === to) return samples;
  const count = Math.floor(samples.length / from);
  const mixed = (samples instanceof Int16Array ? new Int16Array(count * to) : new Float32Array(count * to)) as Kind;
  if (to === 1) {
    const whole = samples instanceof Int16Array;
    for (let index = 0; index < count; index += 1) {
      let sum = 0;
      for (let channel = 0; channel < from; channel += 1) sum += samples[index * from + channel] as number;
      mixed[index] = whole ? Math.round(sum / from) : sum / from;
    }
    return mixed;
  }
  for (let index = 0; index < count; index += 1) {
    for (let channel = 0; channel < to; channel += 1) {
      const source = from === 1 ? 0 : channel;
      mixed[index * to + channel] = source < from ? (samples[index * from + source] as number) : 0;
    }
  }
  return mixed;
}
