import { expect, it } from "vitest";
import { loudness } from "../../src/client/audio-level.ts";

it.each([
  ["silence", 0, 0],
  ["less than -60 dB", 0.0005, 0],
  ["-30 dB", 0.031_622_776_6, 0.5],
  ["full scale", 1, 1],
])("%s", (_what, amplitude, level) => {
  expect(loudness(new Float32Array(128).fill(amplitude))).toBeCloseTo(level, 3);
});
