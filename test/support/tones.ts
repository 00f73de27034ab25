import { AudioFrame } from "../../src/media/audio-frame.ts";

/** A sine. @param amplitude From 0 to 1. @param begin The number of its first sample. */
export function sine(
  frequency: number,
  {
    sampleRate = 48_000,
    length,
    amplitude = 0.5,
    begin = 0,
  }: { sampleRate?: number; length: number; amplitude?: number; begin?: number },
): AudioFrame {
  const samples = Int16Array.from({ length }, (_, index) =>
    Math.round(32_767 * amplitude * Math.sin((2 * Math.PI * frequency * (begin + index)) / sampleRate)),
  );
  return new AudioFrame({ samples, sampleRate });
}

/** How loud a sound is at its loudest frequency between 100 and 4000 Hz. */
export interface Peak {
  /** In hertz. */
  readonly frequency: number;
  /** The amplitude of a sine there, from 0 to 1. */
  readonly amplitude: number;
}

/** A third of a second at 48 kHz, which tells frequencies apart to the hertz. */
const JUDGED_LENGTH = 16_384;

/** The loudest frequency among the first 16,384 samples of one channel, from -1 to 1, by Goertzel's algorithm. */
export function loudest(samples: ArrayLike<number>, sampleRate = 48_000): Peak {
  const windowed = hannWindowed(Array.from(samples).slice(0, JUDGED_LENGTH));
  const coarse = search(windowed, { sampleRate, from: 100, to: 4000, step: sampleRate / windowed.length });
  const { frequency } = coarse;
  return search(windowed, { sampleRate, from: frequency - 5, to: frequency + 5, step: 0.25 });
}

/** The first sample of that third of a second in which a frequency is loudest. */
export function whereLoudest(samples: readonly number[], frequency: number, sampleRate = 48_000): number {
  let best = { start: 0, amplitude: -1 };
  for (let start = 0; start + JUDGED_LENGTH <= samples.length; start += JUDGED_LENGTH / 8) {
    const windowed = hannWindowed(samples.slice(start, start + JUDGED_LENGTH));
    const amplitude = amplitudeAt(windowed, (2 * Math.PI * frequency) / sampleRate);
    if (amplitude > best.amplitude) best = { start, amplitude };
  }
  return best.start;
}

function hannWindowed(samples: ArrayLike<number>): Float64Array {
  return Float64Array.from(samples, (sample, index) => sample * (1 - Math.cos((2 * Math.PI * index) / samples.length)));
}

function search(
  windowed: Float64Array,
  { sampleRate, from, to, step }: { sampleRate: number; from: number; to: number; step: number },
): Peak {
  let best: Peak = { frequency: 0, amplitude: -1 };
  for (let frequency = from; frequency <= to; frequency += step) {
    const amplitude = amplitudeAt(windowed, (2 * Math.PI * frequency) / sampleRate);
    if (amplitude > best.amplitude) best = { frequency, amplitude };
  }
  return best;
}

function amplitudeAt(windowed: Float64Array, radians: number): number {
  const factor = 2 * Math.cos(radians);
  let last = 0;
  let before = 0;
  for (const sample of windowed) {
    const next = sample + factor * last - before;
    before = last;
    last = next;
  }
  const power = last * last + before * before - factor * last * before;
  return (2 * Math.sqrt(Math.max(0, power))) / windowed.length;
}
