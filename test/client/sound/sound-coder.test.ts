import { describe, expect, it } from "vitest";
import { SoundCoder } from "../../../src/client/sound/sound-coder.ts";
import { agreedFormat, plainFormat } from "../../../src/client/sound/sound-format.ts";
import { SoundResampler } from "../../../src/client/sound/sound-resampler.ts";
import { decodeMuLaw, encodeMuLaw } from "../../../src/media/g711.ts";

const pcm = agreedFormat({ encoding: "pcm16", sample_rate: 24_000, channels: 1, binary: true });
const stereo = agreedFormat({ encoding: "pcm16", sample_rate: 48_000, channels: 2, binary: true });

function sine(frequency: number, rate: number, count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, index) => 0.5 * Math.sin((2 * Math.PI * frequency * index) / rate));
}

/** What is left when the sine of that frequency is taken out, in decibels below it. */
function distanceDb(samples: Float32Array, frequency: number, rate: number): number {
  const inner = samples.slice(200, -200);
  const angle = (index: number): number => (2 * Math.PI * frequency * index) / rate;
  const part = (wave: (radians: number) => number): number =>
    (2 / inner.length) * inner.reduce((sum, sample, index) => sum + sample * wave(angle(index)), 0);
  const [cosine, sinus] = [part(Math.cos), part(Math.sin)];
  const rest = inner.map((sample, index) => sample - cosine * Math.cos(angle(index)) - sinus * Math.sin(angle(index)));
  const power = (all: Float32Array): number => all.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10(power(inner) / power(rest));
}

describe("the resampler", () => {
  it.each([
    [48_000, 24_000],
    [44_100, 24_000],
    [24_000, 48_000],
    [48_000, 16_000],
  ])("from %i to %i Hz keeps a sine clean, however it is cut", (from, to) => {
    const input = sine(1000, from, from);
    const whole = new SoundResampler(from, to, 1).push(input);
    const inPieces = new SoundResampler(from, to, 1);
    const pieces = Array.from({ length: 50 }, (_, index) =>
      inPieces.push(input.slice((index * from) / 50, ((index + 1) * from) / 50)),
    );
    expect(distanceDb(whole, 1000, to)).toBeGreaterThan(70);
    expect(Math.abs(whole.length - to)).toBeLessThan(40);
    expect(Float32Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(whole);
  });

  it("leaves out what the lower rate cannot hold", () => {
    const output = new SoundResampler(48_000, 24_000, 1).push(sine(15_000, 48_000, 48_000)).slice(200);
    expect(Math.max(...output.map(Math.abs))).toBeLessThan(0.5 * 10 ** (-50 / 20));
  });
});

describe("the bytes of messages", () => {
  it("are 16-bit samples where the server agreed, little endian", () => {
    if (!pcm) throw new Error("This is a format.");
    const coder = new SoundCoder(pcm, 24_000);
    expect([...coder.encode(Float32Array.of(0.5, -1, 1))]).toEqual([0, 0x40, 0, 0x80, 0xff, 0x7f]);
    expect(coder.decode(Uint8Array.of(0, 0x40, 0, 0x80))).toEqual(Float32Array.of(0.5, -1));
    expect(coder.decode(Uint8Array.of(1))).toBeUndefined();
  });

  it("hold one channel on both sides where the session is stereo", () => {
    if (!stereo) throw new Error("This is a format.");
    expect([...new SoundCoder(stereo, 48_000).encode(Float32Array.of(0.5))]).toEqual([0, 0x40, 0, 0x40]);
  });

  it("are mu-law at the handler's rates where it agreed on nothing", () => {
    const coder = new SoundCoder(plainFormat({ input: 8000, output: 8000 }), 8000);
    const samples = Int16Array.of(1000, -1000, 20_000);
    expect(coder.encode(Float32Array.from(samples, (sample) => sample / 32_768))).toEqual(encodeMuLaw(samples));
    expect(coder.decode(encodeMuLaw(samples))).toEqual(
      Float32Array.from(decodeMuLaw(encodeMuLaw(samples)), (sample) => sample / 32_768),
    );
  });
});

it.each([
  [undefined],
  [{ encoding: "opus", sample_rate: 48_000, channels: 1 }],
  [{ encoding: "pcm16", sample_rate: 1e9, channels: 1 }],
  [{ encoding: "pcm16", sample_rate: 24_000, channels: 3 }],
])("a format that is not known here is none: %j", (media) => {
  expect(agreedFormat(media)).toBeUndefined();
});
