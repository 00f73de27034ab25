import { describe, expect, test } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { parseWav, writeWav, writeWavHeader } from "../../src/media/wav.ts";
import { seeded } from "./pictures.ts";

const STEREO = new AudioFrame({ samples: Int16Array.of(1, -2, 258, -32_768), sampleRate: 16_000, channels: 2 });

/** A file of chunks, each an even number of bytes long on the disk. */
function riff(...chunks: (readonly [tag: string, bytes: readonly number[]])[]): Uint8Array {
  const body = chunks.flatMap(([tag, bytes]) => [
    ...Buffer.from(tag),
    ...little(bytes.length, 4),
    ...bytes,
    ...(bytes.length % 2 === 1 ? [0] : []),
  ]);
  return Uint8Array.from([...Buffer.from("RIFF"), ...little(4 + body.length, 4), ...Buffer.from("WAVE"), ...body]);
}

function little(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (value >>> (8 * index)) & 0xff);
}

function format(code: number, bits: number, channels = 1, sampleRate = 8_000): readonly ["fmt ", number[]] {
  const frame = (channels * bits) / 8;
  return [
    "fmt ",
    [code, channels]
      .flatMap((value) => little(value, 2))
      .concat(little(sampleRate, 4), little(sampleRate * frame, 4), little(frame, 2), little(bits, 2)),
  ];
}

test("a file of 16-bit samples is the header of every WAV player and the samples", () => {
  expect(Buffer.from(writeWav(STEREO)).toString("hex")).toBe(
    [
      "52494646 2c000000 57415645", // RIFF, 44 bytes follow, WAVE
      "666d7420 10000000 0100 0200 803e0000 00fa0000 0400 1000", // fmt: PCM, 2 channels, 16000/s, 64000 B/s, 4 B, 16 bits
      "64617461 08000000 0100 feff 0201 0080", // data
    ]
      .join("")
      .replaceAll(" ", ""),
  );
});

test.each([
  ["Int16", STEREO],
  ["Float32", new AudioFrame({ samples: Float32Array.of(0.1, -1, 3), sampleRate: 44_100 })],
  ["no", new AudioFrame({ samples: new Int16Array(0), sampleRate: 8_000 })],
])("%s samples come back as they were", (_, audio) => {
  expect(parseWav(writeWav(audio))).toEqual(audio);
});

test("a file that is written piece by piece is read up to its end", () => {
  const header = writeWavHeader({ sampleRate: 8_000, channels: 1, encoding: "int16" });
  const file = Uint8Array.from([...header, 1, 0, 2, 0, 9]);
  expect(parseWav(file)).toEqual(new AudioFrame({ samples: Int16Array.of(1, 2), sampleRate: 8_000 }));
});

describe("parseWav reads", () => {
  test.each([
    ["8 bits", [1, 8], [0, 128, 255], Int16Array.of(-32_768, 0, 32_512)],
    ["16 bits", [1, 16], [1, 0, 255, 255], Int16Array.of(1, -1)],
    ["24 bits", [1, 24], [0, 0, 64, 0, 0, 128, 255, 255, 255], Float32Array.of(0.5, -1, -1 / 8_388_608)],
    ["32 bits", [1, 32], [0, 0, 0, 64, 0, 0, 0, 128], Float32Array.of(0.5, -1)],
    ["floats", [3, 32], [0, 0, 0, 63], Float32Array.of(0.5)],
    ["doubles", [3, 64], [0, 0, 0, 0, 0, 0, 224, 191], Float32Array.of(-0.5)],
  ] as const)("samples of %s", (_, [code, bits], data, samples) => {
    expect(parseWav(riff(format(code, bits), ["data", data])).samples).toEqual(samples);
  });

  test("the extensible format", () => {
    const [tag, plain] = format(0xfffe, 16);
    const extension = [...little(22, 2), ...little(16, 2), ...little(0, 4), ...little(1, 2), ...Array(14).fill(0)];
    const file = riff([tag, plain.concat(extension as number[])], ["data", [5, 0]]);
    expect(parseWav(file).samples).toEqual(Int16Array.of(5));
  });

  test("past chunks that it does not know, of odd length too", () => {
    const file = riff(["LIST", [1, 2, 3]], format(1, 16), ["fact", [0, 0, 0, 0]], ["data", [5, 0]]);
    expect(parseWav(file).samples).toEqual(Int16Array.of(5));
  });

  test("part of a larger array", () => {
    const file = writeWav(STEREO);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect(parseWav(larger.subarray(3))).toEqual(STEREO);
  });
});

test.each([
  ["nothing", new Uint8Array(0), "This is not a WAV file: it does not begin with RIFF and WAVE."],
  ["an mp3", Buffer.from("ID3 and some more text"), "This is not a WAV file: it does not begin with RIFF and WAVE."],
  ["no samples", riff(format(1, 16)), "This WAV file has no samples."],
  ["samples without a format", riff(["data", [1, 2]]), "This WAV file has no format before its samples."],
  ["half a format", riff(["fmt ", [1, 0]], ["data", []]), "This WAV file's format is cut off."],
  ["mu-law", riff(format(7, 8), ["data", [1]]), "but not of format 7 with 8 bits."],
  ["no channels", riff(format(1, 16, 0), ["data", [1, 0]]), "An AudioFrame has 1 to 32 channels, but not 0."],
  ["no rate", riff(format(1, 16, 1, 0), ["data", [1, 0]]), "A sample rate is an integer from 1 to 384000"],
])("%s is refused", (_, file, message) => {
  expect(() => parseWav(file)).toThrow(message);
});

test("a damaged file is refused or read, and never ends in another error", () => {
  const random = seeded(4);
  const original = writeWav(STEREO);
  const strange: unknown[] = [];
  for (let round = 0; round < 5_000; round += 1) {
    const file = original.slice(0, Math.floor(random() * (original.length + 1)));
    for (let damage = 0; damage < 3 && file.length > 0; damage += 1) {
      file[Math.floor(random() * file.length)] = random() * 256;
    }
    try {
      parseWav(file);
    } catch (error) {
      if (!(error instanceof FastRtcError)) strange.push(error);
    }
  }
  expect(strange).toEqual([]);
});
