import { describe, expect, test } from "vitest";
import { AudioConverter } from "../../src/media/audio-converter.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";

/** A second of a sine in pieces of 20 ms, each with the time when it was taken. */
function sine(sampleRate: number, channels: number): AudioFrame[] {
  const length = sampleRate / 50;
  return Array.from({ length: 50 }, (_, piece) => {
    const samples = new Int16Array(length * channels);
    for (let index = 0; index < length; index += 1) {
      const value = Math.round(20_000 * Math.sin((2 * Math.PI * 440 * (piece * length + index)) / sampleRate));
      samples.fill(value, index * channels, (index + 1) * channels);
    }
    return new AudioFrame({ samples, sampleRate, channels, timestampUs: piece * 20_000 });
  });
}

describe("the converter of sound", () => {
  test("passes on the very frame that has the format already", () => {
    const converter = new AudioConverter({ sampleRate: 16_000, channels: 1 });
    const frame = new AudioFrame({ samples: new Int16Array(320), sampleRate: 16_000 });
    expect(converter.push(frame)).toBe(frame);
    expect(converter.flush()).toBeUndefined();
  });

  test("gives 16 bits and the channels that are wanted", () => {
    const converter = new AudioConverter({ sampleRate: 16_000, channels: 2 });
    const frame = new AudioFrame({ samples: new Float32Array([0.5, -0.5]), sampleRate: 16_000, timestampUs: 7 });
    expect(converter.push(frame)).toEqual(
      new AudioFrame({
        samples: Int16Array.of(16_384, 16_384, -16_384, -16_384),
        sampleRate: 16_000,
        channels: 2,
        timestampUs: 7,
      }),
    );
  });

  test.each([
    { from: 48_000, to: 16_000, before: 2, after: 1 },
    { from: 8000, to: 24_000, before: 1, after: 2 },
  ])(
    "from $from Hz x$before to $to Hz x$after: as long, as loud, timed by its own samples",
    ({ from, to, before, after }) => {
      const converter = new AudioConverter({ sampleRate: to, channels: after });
      const pieces = [...sine(from, before).map((frame) => converter.push(frame)), converter.flush()].filter(
        (frame) => frame !== undefined,
      );
      expect(pieces.map(({ sampleRate, channels }) => [sampleRate, channels])).toEqual(pieces.map(() => [to, after]));
      const samples = pieces.flatMap((frame) => [...frame.samples]);
      expect(samples).toHaveLength(to * after);
      const middle = samples.slice(to / 4, to / 2);
      expect(Math.max(...middle)).toBeGreaterThan(19_800);
      expect(Math.max(...middle)).toBeLessThan(20_200);
      let passed = 0;
      for (const { timestampUs, length } of pieces.slice(0, -1)) {
        expect(timestampUs).toBeCloseTo((passed / to) * 1e6, 3);
        passed += length;
      }
    },
  );

  test("goes on to another rate with what was held back of the one before", () => {
    const converter = new AudioConverter({ sampleRate: 16_000, channels: 1 });
    const before = converter.push(new AudioFrame({ samples: new Int16Array(960).fill(5000), sampleRate: 48_000 }));
    const after = converter.push(new AudioFrame({ samples: new Int16Array(160).fill(5000), sampleRate: 16_000 }));
    expect([before?.length, after?.length]).toEqual([286, 34 + 160]);
  });

  test("has nothing to give for an empty frame, or for one that it holds back as a whole", () => {
    const converter = new AudioConverter({ sampleRate: 16_000, channels: 1 });
    expect(converter.push(new AudioFrame({ samples: new Int16Array(0), sampleRate: 16_000 }))).toBeUndefined();
    expect(converter.push(new AudioFrame({ samples: new Int16Array(10), sampleRate: 48_000 }))).toBeUndefined();
    converter.clear();
    expect(converter.flush()).toBeUndefined();
  });
});
