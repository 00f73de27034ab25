import type { SeededRandom } from "./seeded-random.ts";

/** The kinds of noise in a room: of all frequencies alike, a fan's or a street's, the mains' hum under a hiss. */
export const NOISES = ["white", "low", "hum"] as const;
export type NoiseKind = (typeof NOISES)[number];

const HUM_HZ = 50;

/** Makes noise without an end, with a root mean square of 1. */
export function noiseSource(kind: NoiseKind, sampleRate: number, random: SeededRandom): () => number {
  const white = (): number => random.between(-Math.sqrt(3), Math.sqrt(3));
  if (kind === "white") return white;
  if (kind === "low") {
    const keep = 0.97;
    let level = 0;
    return () => (level = keep * level + Math.sqrt(1 - keep * keep) * white());
  }
  let index = 0;
  return () => {
    index += 1;
    const phase = (2 * Math.PI * HUM_HZ * index) / sampleRate;
    return 1.2 * Math.sin(phase) + 0.4 * Math.sin(3 * phase) + 0.45 * white();
  };
}

/** A cough: breath that bursts out and fades, of 0.15 to 0.3 s, and half of the time a second one. */
export function cough(sampleRate: number, random: SeededRandom): Int16Array {
  const bursts = random.next() < 0.5 ? 1 : 2;
  const burstMs = random.between(150, 300) / bursts;
  const burst = Math.round((burstMs * sampleRate) / 1000);
  const samples = new Int16Array(burst * bursts);
  let level = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const within = (index % burst) / burst;
    const envelope = Math.min(1, within * 12) * Math.exp(-4 * within);
    level = 0.6 * level + 0.8 * random.between(-1.7, 1.7);
    samples[index] = Math.round(Math.max(-32_767, Math.min(32_767, 7000 * envelope * level)));
  }
  return samples;
}

/** A click, as of a key or a cup on a table: 4 to 12 ms. */
export function click(sampleRate: number, random: SeededRandom): Int16Array {
  const samples = new Int16Array(Math.round((random.between(4, 12) * sampleRate) / 1000));
  const hertz = random.between(900, 3000);
  return samples.map((_, index) => {
    const share = index / samples.length;
    return 14_000 * Math.exp(-4 * share) * Math.sin((2 * Math.PI * hertz * index) / sampleRate);
  });
}
