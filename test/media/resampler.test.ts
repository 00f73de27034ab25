import { describe, expect, test } from "vitest";
import { Resampler, type ResamplerOptions } from "../../src/media/resampler.ts";
import { seeded } from "./pictures.ts";

const AMPLITUDE = 0.5;

function sine(frequency: number, sampleRate: number, seconds = 1): Float32Array {
  return Float32Array.from(
    { length: Math.round(sampleRate * seconds) },
    (_, index) => AMPLITUDE * Math.sin((2 * Math.PI * frequency * index) / sampleRate),
  );
}

function resample(samples: Int16Array | Float32Array, options: ResamplerOptions): Float32Array {
  const resampler = new Resampler(options);
  return concatenate([resampler.push(samples), resampler.flush()]);
}

function concatenate(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.length;
  }
  return whole;
}

/** The part of a signal where a beginning and an end out of nothing play no part. */
function middle(samples: Float32Array): { samples: Float32Array; start: number } {
  const start = Math.floor(samples.length / 8);
  return { samples: samples.subarray(start, samples.length - start), start };
}

/** Distance in decibels from the sine of this frequency that fits best to everything else. */
function signalToNoise(signal: Float32Array, frequency: number, sampleRate: number): number {
  const { samples, start } = middle(signal);
  const angle = (index: number): number => (2 * Math.PI * frequency * (start + index)) / sampleRate;
  let [ss, sc, cc, ys, yc] = [0, 0, 0, 0, 0];
  samples.forEach((y, index) => {
    const [s, c] = [Math.sin(angle(index)), Math.cos(angle(index))];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
  });
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  const noise = samples.reduce(
    (sum, y, index) => sum + (y - a * Math.sin(angle(index)) - b * Math.cos(angle(index))) ** 2,
    0,
  );
  return 10 * Math.log10((a * a + b * b) / 2 / (noise / samples.length));
}

/** Distance in decibels to the very sine that should come out: in time, loudness and purity. */
function distanceToIdeal(signal: Float32Array, frequency: number, sampleRate: number): number {
  const { samples, start } = middle(signal);
  const ideal = sine(frequency, sampleRate).subarray(start);
  const error = samples.reduce((sum, y, index) => sum + (y - (ideal[index] as number)) ** 2, 0) / samples.length;
  return 10 * Math.log10(AMPLITUDE ** 2 / 2 / error);
}

/** Loudness in decibels, of the sine that went in. */
function loudness(signal: Float32Array): number {
  const { samples } = middle(signal);
  const power = samples.reduce((sum, y) => sum + y * y, 0) / samples.length;
  return 10 * Math.log10(power / (AMPLITUDE ** 2 / 2));
}

test("from 48 to 16 kHz a sine keeps a distance of 131 dB to what is added", () => {
  const output = resample(sine(1_000, 48_000), { inputRate: 48_000, outputRate: 16_000 });
  expect(signalToNoise(output, 1_000, 16_000)).toBeGreaterThan(131);
});

test("from 48 to 16 kHz what cannot be held is 105 dB below", () => {
  const loudest = [9_000, 10_000, 12_000, 15_500, 20_000, 23_000].map((frequency) =>
    loudness(resample(sine(frequency, 48_000), { inputRate: 48_000, outputRate: 16_000 })),
  );
  expect(Math.max(...loudest)).toBeLessThan(-105);
});

test("from 48 to 16 kHz what can be held up to 7 kHz is as loud as before", () => {
  const changes = [50, 300, 3_000, 6_000, 7_000].map((frequency) =>
    Math.abs(loudness(resample(sine(frequency, 48_000), { inputRate: 48_000, outputRate: 16_000 }))),
  );
  expect(Math.max(...changes)).toBeLessThan(0.05);
});

test.each([
  [48_000, 24_000],
  [48_000, 8_000],
  [16_000, 48_000],
  [8_000, 48_000],
  [24_000, 48_000],
  [44_100, 48_000],
  [48_000, 44_100],
  [44_100, 16_000],
  [22_050, 48_000],
  [11_025, 48_000],
  // Rates that have little in common, whose weights are interpolated.
  [22_222, 48_000],
  [47_999, 16_001],
])("from %i to %i Hz a sine stays in time and loudness", (inputRate, outputRate) => {
  const output = resample(sine(1_000, inputRate), { inputRate, outputRate });
  expect(distanceToIdeal(output, 1_000, outputRate)).toBeGreaterThan(110);
  expect(output).toHaveLength(outputRate);
});

describe.each([
  [48_000, 16_000, 1],
  [16_000, 48_000, 1],
  [44_100, 48_000, 2],
  [47_999, 16_001, 1],
  [48_000, 48_000, 2],
  [384_000, 1_000, 1],
])("from %i to %i Hz with %i channels", (inputRate, outputRate, channels) => {
  const random = seeded(inputRate + channels);
  const input = Float32Array.from({ length: 9_000 * channels }, () => 2 * random() - 1);

  test("the result is the same to the bit however the stream is cut", () => {
    const whole = resample(input, { inputRate, outputRate, channels });
    for (const longest of [1, 7, 480, 4_000]) {
      const resampler = new Resampler({ inputRate, outputRate, channels });
      const pieces: Float32Array[] = [];
      for (let position = 0; position < input.length;) {
        const length = channels * Math.floor(random() * (longest + 1));
        pieces.push(resampler.push(input.subarray(position, position + length)));
        position += length;
      }
      pieces.push(resampler.flush());
      expect(Buffer.from(concatenate(pieces).buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    }
  });

  test("all output lasts as long as all input", () => {
    const lengths = [0, 1, 2, 3, 100, 1_001].map((count) => {
      const { length } = resample(input.subarray(0, count * channels), { inputRate, outputRate, channels });
      return length / channels;
    });
    expect(lengths).toEqual([0, 1, 2, 3, 100, 1_001].map((count) => Math.ceil((count * outputRate) / inputRate)));
  });

  test("after its end the resampler begins anew", () => {
    const resampler = new Resampler({ inputRate, outputRate, channels });
    const run = (): Float32Array => concatenate([resampler.push(input), resampler.flush()]);
    const first = run();
    expect(Buffer.from(run().buffer).equals(Buffer.from(first.buffer))).toBe(true);
  });
});

test("no more than 35 samples of the lower rate are held back", () => {
  const heldBack = [
    [48_000, 16_000],
    [16_000, 48_000],
    [44_100, 48_000],
  ].map(([inputRate, outputRate]) => {
    const resampler = new Resampler({ inputRate: inputRate as number, outputRate: outputRate as number });
    const given = resampler.push(new Float32Array(inputRate as number)).length / (outputRate as number);
    return (1 - given) * Math.min(inputRate as number, outputRate as number);
  });
  expect(Math.max(...heldBack)).toBeLessThanOrEqual(35);
});

test("channels do not hear each other", () => {
  const left = sine(440, 48_000, 0.1);
  const stereo = Float32Array.from({ length: 2 * left.length }, (_, index) =>
    index % 2 === 0 ? (left[index / 2] as number) : 0,
  );
  const output = resample(stereo, { inputRate: 48_000, outputRate: 16_000, channels: 2 });
  const mono = resample(left, { inputRate: 48_000, outputRate: 16_000 });
  expect([output.filter((_, index) => index % 2 === 0), output.filter((_, index) => index % 2 === 1)]).toEqual([
    mono,
    new Float32Array(mono.length),
  ]);
});

test("16-bit samples give what the same samples as fractions give", () => {
  const whole = Int16Array.from(sine(440, 48_000, 0.05), (sample) => Math.round(sample * 32_767));
  const options = { inputRate: 48_000, outputRate: 16_000 };
  expect(resample(whole, options)).toEqual(
    resample(
      Float32Array.from(whole, (sample) => sample / 32_768),
      options,
    ),
  );
});

test("an hour at another rate is an hour to the sample", () => {
  const resampler = new Resampler({ inputRate: 1_001, outputRate: 1_000 });
  const second = new Float32Array(1_001);
  let count = 0;
  for (let elapsed = 0; elapsed < 3_600; elapsed += 1) count += resampler.push(second).length;
  expect(count + resampler.flush().length).toBe(3_600 * 1_000);
});

test.each([
  [{ inputRate: 999 }, "A Resampler takes rates that are integers from 1000 to 384000, but not 999."],
  [{ outputRate: 44_100.5 }, "A Resampler takes rates that are integers from 1000 to 384000, but not 44100.5."],
  [{ channels: 0 }, "A Resampler takes 1 to 32 channels, but not 0."],
])("%o is refused", (wrong, message) => {
  expect(() => new Resampler({ inputRate: 48_000, outputRate: 16_000, ...wrong })).toThrow(message);
});

test("half a moment of stereo is refused", () => {
  const resampler = new Resampler({ inputRate: 48_000, outputRate: 16_000, channels: 2 });
  expect(() => resampler.push(new Int16Array(3))).toThrow("3 samples cannot be shared out among 2 channels.");
});
