import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { Resampler } from "../../src/media/resampler.ts";
import { parseWav } from "../../src/media/wav.ts";
import { getSileroModel } from "../../src/speech/silero/get-silero-model.ts";
import { parseSafetensors } from "../../src/speech/silero/safetensors.ts";
import { SileroNetwork } from "../../src/speech/silero/silero-network.ts";
import { speechChunks } from "../../src/speech/silero/speech-chunks.ts";
import { projectFile } from "../support/source-tree.ts";

const reference = (name: string): Buffer => readFileSync(projectFile(`test/speech/reference/${name}`));
const sound = parseWav(reference("speech-and-noise.wav"));
const samples = sound.toFloat32();
const expected = JSON.parse(reference("probabilities.json").toString()) as number[];

describe("Silero VAD's network", () => {
  it("answers what onnxruntime answers for the same model, on speech, noise and silence", () => {
    const answers = probabilitiesOf(samples);
    expect(answers).toHaveLength(expected.length);
    const differences = answers.map((answer, index) => Math.abs(answer - (expected[index] as number)));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it("keeps voices apart that it hears in turns", () => {
    const silero = getSileroModel();
    const [speaker, silent] = [silero.createStream(), silero.createStream()];
    const alone: number[] = [];
    const besideSilence: number[] = [];
    const listener = silero.createStream();
    for (const window of windowsOf(samples)) alone.push(listener.push(window));
    for (const window of windowsOf(samples)) {
      besideSilence.push(speaker.push(window));
      silent.push(new Float32Array(512));
    }
    expect(besideSilence).toEqual(alone);
  });

  it("begins anew after a reset", () => {
    const stream = getSileroModel().createStream();
    const first = windowsOf(samples).map((window) => stream.push(window));
    stream.reset();
    expect(windowsOf(samples).map((window) => stream.push(window))).toEqual(first);
  });

  it("hears the same end of speech in sound that came at another rate, within one window", () => {
    const up = new Resampler({ inputRate: 16_000, outputRate: 48_000 });
    const at48 = Float32Array.from([...up.push(samples), ...up.flush()]);
    const down = new Resampler({ inputRate: 48_000, outputRate: 16_000 });
    const resampled = Float32Array.from([...down.push(at48), ...down.flush()]);
    const ends = endsOfSpeech(expected);
    const found = endsOfSpeech(probabilitiesOf(resampled));
    expect(found).toHaveLength(ends.length);
    expect(Math.max(...found.map((end, index) => Math.abs(end - (ends[index] as number))))).toBeLessThanOrEqual(1);
  });

  it("takes what is not a number for silence, and stays sound", () => {
    const stream = getSileroModel().createStream();
    const clean = getSileroModel().createStream();
    expect(stream.push(new Float32Array(512).fill(Number.NaN, 0, 300).fill(Infinity, 300))).toBe(
      clean.push(new Float32Array(512)),
    );
    const [window] = windowsOf(samples.subarray(40_000));
    expect(stream.push(window as Float32Array)).toBe(clean.push(window as Float32Array));
  });

  it("takes what is too faint for numbers for silence, which would cost a hundred times as much", () => {
    const stream = getSileroModel().createStream();
    const silent = getSileroModel().createStream();
    for (let count = 0; count < 3; count += 1) {
      expect(stream.push(new Float32Array(512).fill(1e-39))).toBe(silent.push(new Float32Array(512)));
    }
  });

  it("refuses windows of another length", () => {
    expect(() => getSileroModel().createStream().push(new Float32Array(480))).toThrow(
      new FastRtcError("invalid_argument", "Silero VAD takes windows of 512 samples at 16 kHz, but not of 480."),
    );
  });

  it("says which weight is not as it should be", () => {
    const file = readFileSync(projectFile("assets/silero-vad/silero-vad-v5-16khz.safetensors"));
    const tensors = new Map(parseSafetensors(file));
    tensors.delete("decoder.rnn.bias_hh");
    expect(() => new SileroNetwork(tensors)).toThrow(
      new FastRtcError("invalid_model", "These are not Silero VAD's weights: decoder.rnn.bias_hh is missing."),
    );
    expect(() => parseSafetensors(file.subarray(0, 5000))).toThrow(FastRtcError);
    expect(() => parseSafetensors(new Uint8Array(3))).toThrow(FastRtcError);
  });
});

describe("getSileroModel().vad", () => {
  it("finds the three spoken parts of a recording, and how long they are", () => {
    const [seconds, chunks] = getSileroModel().vad(sound, { minSilenceDurationMs: 600, speechPadMs: 30 });
    const spans = chunks.map(({ start, end }) => [start / 16_000, end / 16_000].map((position) => position.toFixed(1)));
    expect(spans).toEqual([
      ["1.4", "4.5"],
      ["5.5", "7.0"],
      ["8.4", "10.0"],
    ]);
    expect(seconds).toBeCloseTo(
      chunks.reduce((sum, { start, end }) => sum + (end - start) / 16_000, 0),
      6,
    );
  });

  it("takes FastRTC's pairs of any rate, and stereo", () => {
    const up = new Resampler({ inputRate: 16_000, outputRate: 24_000 });
    const mono = Float32Array.from([...up.push(samples), ...up.flush()]);
    const stereo = new AudioFrame({ samples: mono, sampleRate: 24_000 }).withChannels(2);
    const [seconds] = getSileroModel().vad([24_000, stereo.toInt16(), "stereo"]);
    const [original] = getSileroModel().vad([16_000, samples]);
    expect(Math.abs(seconds - original)).toBeLessThan(0.1);
  });

  it("finds nothing in nothing", () => {
    expect(getSileroModel().vad([16_000, new Int16Array(0)])).toEqual([0, []]);
    expect(getSileroModel().vad([48_000, new Int16Array(48_000)])).toEqual([0, []]);
  });

  it("says which options do not fit", () => {
    expect(() => getSileroModel().vad(sound, { threshold: 2, windowSizeSamples: 700 })).toThrow(
      /^SileroVadOptions do not fit\. threshold: .*; windowSizeSamples: .*multiple of 512\.$/,
    );
  });
});

describe("chunks of speech", () => {
  const cases = JSON.parse(reference("fastrtc-chunks.json").toString()) as {
    readonly options: object;
    readonly sampleCount: number;
    readonly probabilities: number[];
    readonly chunks: object[];
  }[];

  it("are those that FastRTC makes of the same probabilities", () => {
    expect(cases.length).toBeGreaterThan(40);
    for (const { options, sampleCount, probabilities, chunks } of cases) {
      const all = { ...DEFAULTS, ...options };
      expect(speechChunks(probabilities, sampleCount, all)).toEqual(chunks);
    }
  });
});

const DEFAULTS = {
  threshold: 0.5,
  minSpeechDurationMs: 250,
  maxSpeechDurationS: Infinity,
  minSilenceDurationMs: 2000,
  windowSizeSamples: 1024,
  speechPadMs: 400,
};

function windowsOf(sampled: Float32Array): Float32Array[] {
  const count = Math.floor(sampled.length / 512);
  return Array.from({ length: count }, (_, index) => sampled.subarray(512 * index, 512 * (index + 1)));
}

function probabilitiesOf(sampled: Float32Array): number[] {
  const stream = getSileroModel().createStream();
  return windowsOf(sampled).map((window) => stream.push(window));
}

/** The windows in which speech falls below a half. */
function endsOfSpeech(probabilities: readonly number[]): number[] {
  return probabilities.flatMap((probability, index) =>
    probability < 0.5 && (probabilities[index - 1] ?? 0) >= 0.5 ? [index] : [],
  );
}
