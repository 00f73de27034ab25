import { expect, test } from "vitest";
import { BANDS, bandLevels } from "../../web/src/sound-bands.ts";

const SAMPLE_RATE = 48_000;
const BINS = 512;

/** Silence but for one frequency. */
function spectrum(hertz: number, decibels: number): Float32Array {
  const bins = new Float32Array(BINS).fill(-Infinity);
  bins[Math.round(hertz / (SAMPLE_RATE / 2 / BINS))] = decibels;
  return bins;
}

const loudestBand = (hertz: number): number => {
  const levels = bandLevels(spectrum(hertz, -25), SAMPLE_RATE);
  return levels.indexOf(Math.max(...levels));
};

test("silence is nothing in every band", () => {
  expect(bandLevels(new Float32Array(BINS).fill(-Infinity), SAMPLE_RATE)).toEqual(Array(BANDS).fill(0));
});

test("higher voices stand further up", () => {
  const bands = [140, 400, 1000, 3000, 6500].map(loudestBand);
  expect(bands.every((band, index) => index === 0 || band > (bands[index - 1] ?? 0))).toBe(true);
  expect([bands[0] ?? BANDS, bands[4] ?? 0]).toEqual([expect.toSatisfy((band: number) => band < 4), BANDS - 1]);
});

test("loudness is counted in decibels, and full is full", () => {
  const levelOf = (decibels: number): number => Math.max(...bandLevels(spectrum(1000, decibels), SAMPLE_RATE));
  expect([-90, -80, -52.5, -25, 0].map(levelOf)).toEqual([0, 0, 0.5, 1, 1]);
});
