import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { SoundHistory } from "../../src/turns/sound-history.ts";
import { VoiceWindows } from "../../src/turns/voice-windows.ts";

describe("the history of a sound", () => {
  const history = (channels: 1 | 2 = 1): SoundHistory => {
    const sound = new SoundHistory({ sampleRate: 1000, channels });
    const samples = Int16Array.from({ length: 7 * channels }, (_, index) => index);
    for (let piece = 0; piece < 10; piece += 1) {
      sound.push(samples.map((value) => value + piece * samples.length));
    }
    return sound;
  };

  test("gives stretches by their times, one after the other, across the pieces they came in", () => {
    const read = history().read([
      { startMs: 5, endMs: 9 },
      { startMs: 20, endMs: 22 },
    ]);
    expect([...read.samples]).toEqual([5, 6, 7, 8, 20, 21]);
    expect([...history(2).read([{ startMs: 6, endMs: 8 }]).samples]).toEqual([12, 13, 14, 15]);
  });

  test("has nothing of what was forgotten or has not come, and keeps the times of the rest", () => {
    const sound = history();
    sound.forgetBefore(30);
    expect([...sound.read([{ startMs: 0, endMs: 29 }]).samples]).toEqual([28]);
    expect([...sound.read([{ startMs: 68, endMs: 500 }]).samples]).toEqual([68, 69]);
    expect(sound.read([]).length).toBe(0);
  });

  test("is not changed by whoever fills the same memory again", () => {
    const sound = new SoundHistory({ sampleRate: 1000, channels: 1 });
    const samples = new Int16Array(5).fill(1);
    sound.push(samples);
    samples.fill(2);
    expect([...sound.read([{ startMs: 0, endMs: 5 }]).samples]).toEqual([1, 1, 1, 1, 1]);
  });
});

test("windows for a voice detector are full, mono and in its rate, whatever comes in whatever pieces", () => {
  const windows = new VoiceWindows({ sampleRate: 16_000, windowSamples: 512 });
  const lengths: number[] = [];
  for (let piece = 0; piece < 50; piece += 1) {
    const frame = new AudioFrame({ samples: new Int16Array(960 * 2).fill(16_384), sampleRate: 48_000, channels: 2 });
    for (const window of windows.push(frame)) lengths.push(window.length);
  }
  expect(lengths).toEqual(Array.from({ length: 31 }, () => 512));
});
