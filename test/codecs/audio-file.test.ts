import { readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname } from "node:path";
import { Decoder, Demuxer } from "node-av/api";
import { afterEach, expect, test } from "vitest";
import { audioToBytes, audioToFile } from "../../src/codecs/audio-file.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { parseWav } from "../../src/media/wav.ts";
import { loudest, sine } from "../support/tones.ts";

/** What FFmpeg finds in a file. */
interface Decoded {
  readonly codec: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly left: Float32Array;
}

const MP3 = 86_017; // AV_CODEC_ID_MP3

// Node 20 lacks what node-av's demuxer, which only this test uses, calls.
Reflect.set(Promise, "withResolvers", function withResolvers() {
  let [resolve, reject]: ((value: unknown) => void)[] = [];
  const promise = new Promise((onResolve, onReject) => ([resolve, reject] = [onResolve, onReject]));
  return { promise, resolve, reject };
});

async function decode(bytes: Uint8Array): Promise<Decoded> {
  await using demuxer = await Demuxer.open(Buffer.from(bytes));
  const stream = demuxer.audio();
  if (!stream) throw new Error("There is no sound in this file.");
  using decoder = await Decoder.create(stream);
  const parts: Float32Array[] = [];
  let [sampleRate, channels] = [0, 0];
  for await (const frame of decoder.frames(demuxer.packets(stream.index))) {
    const plane = frame?.data?.[0];
    if (!frame || !plane) continue;
    sampleRate = frame.sampleRate;
    channels = frame.channels;
    parts.push(Float32Array.from({ length: frame.nbSamples }, (_, at) => plane.readFloatLE(4 * at)));
    frame.free();
  }
  return {
    codec: stream.codecpar.codecId,
    sampleRate,
    channels,
    left: Float32Array.from(parts.flatMap((part) => [...part])),
  };
}

const written: string[] = [];
afterEach(() => Promise.all(written.splice(0).map((path) => rm(path))));

test.each([
  { given: 8000, found: 8000, channels: 1 },
  { given: 24_000, found: 24_000, channels: 1 },
  { given: 48_000, found: 48_000, channels: 2 },
  { given: 44_000, found: 44_100, channels: 1 },
  { given: 96_000, found: 48_000, channels: 1 },
] as const)("an MP3 of $given Hz and $channels channels has $found Hz and sounds alike", async (each) => {
  const tone = sine(440, { sampleRate: each.given, length: each.given }).withChannels(each.channels);
  const { codec, sampleRate, channels, left } = await decode(await audioToBytes(tone));
  expect({ codec, sampleRate, channels }).toEqual({ codec: MP3, sampleRate: each.found, channels: each.channels });
  expect(Math.abs(left.length / each.found - 1)).toBeLessThan(0.2); // MP3 pads both ends.
  const { frequency, amplitude } = loudest(left.subarray(each.found / 4), each.found);
  expect(frequency).toBeCloseTo(440, 0);
  expect(Math.abs(amplitude - 0.5)).toBeLessThan(0.05);
});

test("sound may be given as handlers give it, with fractions as well", async () => {
  const { samples } = sine(440, { sampleRate: 24_000, length: 24_000 });
  const fractions = Float32Array.from(samples, (sample) => sample / 32_768);
  const [whole, split] = [
    await audioToBytes([24_000, Int16Array.from(samples)]),
    await audioToBytes([24_000, fractions]),
  ];
  expect(whole).toEqual(split);
  const stereo = await decode(await audioToBytes([24_000, Int16Array.from(samples), "stereo"]));
  expect(stereo.channels).toBe(2);
});

test("a file lies in the temporary folder, is nobody else's to read, and is MP3 unless WAV is asked for", async () => {
  const audio = sine(440, { sampleRate: 16_000, length: 16_000 });
  const mp3 = await audioToFile(audio);
  const wav = await audioToFile(audio, { format: "wav" });
  written.push(mp3, wav);
  expect([dirname(mp3), extname(mp3), extname(wav)]).toEqual([tmpdir(), ".mp3", ".wav"]);
  expect((await stat(mp3)).mode & 0o777).toBe(0o600);
  expect((await decode(await readFile(mp3))).codec).toBe(MP3);
  const { samples, sampleRate } = parseWav(await readFile(wav));
  expect([sampleRate, samples]).toEqual([16_000, audio.samples]);
});

test("two files at once do not meet", async () => {
  const audio = sine(440, { sampleRate: 16_000, length: 1600 });
  const paths = await Promise.all([audioToFile(audio), audioToFile(audio)]);
  written.push(...paths);
  expect(new Set(paths).size).toBe(2);
  expect(await readFile(paths[0])).toEqual(await readFile(paths[1]));
});

test("what is no sound is refused with a sentence", async () => {
  await expect(audioToBytes(new AudioFrame({ samples: new Int16Array(), sampleRate: 8000 }))).rejects.toThrow(
    "no samples",
  );
  await expect(audioToBytes([8000] as never)).rejects.toThrow("AudioFrame");
  await expect(audioToFile([8000, new Int16Array(80)], { format: "ogg" as never })).rejects.toThrow('"mp3" or "wav"');
});
