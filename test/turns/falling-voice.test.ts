import { describe, expect, test } from "vitest";
import { fallingVoice } from "../../src/turns/falling-voice.ts";
import { pitchTrack } from "../../src/turns/pitch-track.ts";
import { seededRandom } from "./support/simulated-voice.ts";

const RATE = 16_000;

/** A voice of ten harmonics whose pitch follows `hertzAt` (of the seconds since its beginning), then silence. */
function voice(seconds: number, hertzAt: (second: number) => number, silentSeconds = 0.2): Float32Array {
  const samples = new Float32Array((seconds + silentSeconds) * RATE);
  const random = seededRandom(3);
  let phase = 0;
  for (let index = 0; index < samples.length; index += 1) {
    let sample = (random() - 0.5) * 0.002;
    const loudness = index < seconds * RATE ? 0.1 : 0;
    phase += (2 * Math.PI * hertzAt(index / RATE)) / RATE;
    for (let harmonic = 1; harmonic <= 10; harmonic += 1) sample += (loudness / harmonic) * Math.sin(harmonic * phase);
    samples[index] = sample;
  }
  return samples;
}

/** As high for the first seconds, then falling evenly by so many semitones over the last 0.3 s. */
const fallingBy = (semitones: number, hertz: number) => (second: number) =>
  hertz * 2 ** ((-semitones / 12) * Math.max(0, Math.min(1, (second - 1.7) / 0.3)));

describe("the pitch of a voice", () => {
  test.each([80, 110, 147, 220, 290, 330])("of %i Hz is found within a third of a semitone", (hertz) => {
    const moments = pitchTrack(voice(0.5, () => hertz));
    const wanted = 12 * Math.log2(hertz);
    expect(moments.length).toBeGreaterThan(15);
    expect(moments.filter(({ semitones }) => Math.abs(semitones - wanted) > 1 / 3)).toEqual([]);
  });

  test("is not found in noise and silence", () => {
    const random = seededRandom(5);
    const noise = Float32Array.from({ length: RATE }, () => random() - 0.5);
    expect(pitchTrack(noise).length).toBeLessThan(3);
    expect(pitchTrack(new Float32Array(RATE))).toEqual([]);
    expect(pitchTrack(new Float32Array(0))).toEqual([]);
  });
});

describe("in a room with low noise, as of a street", () => {
  /** Noise that is alike from one sample to the next, 14 dB below the voice, which goes on when that has ended. */
  const inNoise = (audio: Float32Array): Float32Array => {
    const random = seededRandom(11);
    let level = 0;
    return audio.map((sample) => {
      level = 0.97 * level + 0.24 * 0.025 * Math.sqrt(12) * (random() - 0.5);
      return sample + level;
    });
  };

  test("the noise after the voice is no voice", () => {
    const moments = pitchTrack(inNoise(voice(1, () => 130, 0.5)));
    const wanted = 12 * Math.log2(130);
    expect(moments.length).toBeGreaterThan(40);
    expect(moments.filter(({ semitones }) => Math.abs(semitones - wanted) > 1)).toEqual([]);
  });

  test.each([90, 130, 210])("a sentence's end of a voice of %i Hz is heard, and only that", (hertz) => {
    expect(fallingVoice.probability(inNoise(voice(2, fallingBy(6, hertz))))).toBeGreaterThan(0.9);
    expect(fallingVoice.probability(inNoise(voice(2, fallingBy(0, hertz))))).toBe(0.5 - Number.EPSILON);
  });
});

describe("the fall of the voice", () => {
  test.each([90, 130, 210, 260])("at the end of a sentence of a voice of %i Hz sounds finished", (hertz) => {
    expect(fallingVoice.probability(voice(2, fallingBy(6, hertz)))).toBeGreaterThan(0.9);
  });

  test.each([
    ["stays where it was", fallingBy(0, 130)],
    ["falls a little", fallingBy(1.5, 130)],
    ["rises", fallingBy(-5, 130)],
  ])("leaves it open when the voice %s", (_name, hertzAt) => {
    expect(fallingVoice.probability(voice(2, hertzAt))).toBe(0.5 - Number.EPSILON);
  });

  test("leaves it open when there was hardly a voice", () => {
    expect(fallingVoice.probability(voice(0.1, () => 130))).toBe(0.5 - Number.EPSILON);
    expect(fallingVoice.probability(new Float32Array(RATE))).toBe(0.5 - Number.EPSILON);
  });
});
