import { readFileSync } from "node:fs";
import { AudioFrame } from "../../src/index.ts";
import { parseWav } from "../../src/media/wav.ts";
import { projectFile } from "../support/source-tree.ts";

/** How many samples of what a page hears there are in a second. */
export const PAGE_RATE = 48_000;
/** How long a stretch of sound is judged at once. */
const STEP = PAGE_RATE / 100;

/** A sentence of the reference speech, two seconds of it. */
export function sentence(): AudioFrame {
  const { samples, sampleRate } = parseWav(readFileSync(projectFile("test/speech/reference/speech-and-noise.wav")));
  // Where its windows of 32 ms say that the second speaker speaks.
  const [from, to] = [Math.round((72 / 349) * samples.length), Math.round((141 / 349) * samples.length)];
  return new AudioFrame({ samples: samples.slice(from, to), sampleRate });
}

/** Stretches of sound in seconds; what is silent for less than `gap` belongs to one. */
export function sounds(samples: readonly number[], gap: number): { readonly from: number; readonly to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (let start = 0; start + STEP <= samples.length; start += STEP) {
    if (Math.max(...samples.slice(start, start + STEP).map(Math.abs)) < 0.02) continue;
    const [from, to] = [start / PAGE_RATE, (start + STEP) / PAGE_RATE];
    const last = stretches.at(-1);
    if (last && from - last.to < gap) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
}
