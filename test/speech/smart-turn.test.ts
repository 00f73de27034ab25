import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WhisperFeatureExtractor } from "@huggingface/transformers";
import { afterAll, describe, expect, it } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { parseWav } from "../../src/media/wav.ts";
import { getSmartTurnModel } from "../../src/speech/smart-turn/get-smart-turn-model.ts";
import type { ModelProgress } from "../../src/speech/model-source.ts";
import { SmartTurnModel } from "../../src/speech/smart-turn/smart-turn-model.ts";
import { lastSamples, normalise } from "../../src/speech/smart-turn/smart-turn-input.ts";
import { WhisperFeatures } from "../../src/speech/smart-turn/whisper-features.ts";
import { projectFile } from "../support/source-tree.ts";
import { onnxFile } from "./models/onnx-file.ts";
import { tinySmartTurn, tinySmartTurn2 } from "./models/tiny-smart-turn.ts";

const folder = mkdtempSync(join(tmpdir(), "fastrtc-smart-turn-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const speech = parseWav(readFileSync(projectFile("test/speech/reference/speech-and-noise.wav"))).toFloat32();

function written(name: string, content: Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("Whisper's features", () => {
  it("are those of the transformers library, for speech of eight seconds", async () => {
    const samples = normalise(speech.slice(16_000, 16_000 + 128_000));
    const reference = new WhisperFeatureExtractor({
      feature_size: 80,
      sampling_rate: 16_000,
      hop_length: 160,
      n_fft: 400,
      n_samples: 128_000,
      nb_max_frames: 800,
      chunk_length: 8,
    });
    const { input_features: expected } = (await reference(samples)) as { input_features: { data: Float32Array } };
    const features = await new WhisperFeatures(8).of(samples, () => Promise.resolve());
    expect(features).toHaveLength(expected.data.length);
    expect(
      Math.max(...features.map((value, index) => Math.abs(value - (expected.data[index] as number)))),
    ).toBeLessThan(1e-3);
  });

  it("let others work in between", async () => {
    let pauses = 0;
    await new WhisperFeatures(8).of(new Float32Array(128_000), () => {
      pauses += 1;
      return Promise.resolve();
    });
    expect(pauses).toBe(19);
  });
});

describe("what Smart Turn is given", () => {
  it("is the end of a long turn, and a short one behind silence", () => {
    expect(lastSamples(Float32Array.of(1, 2, 3, 4), 3)).toEqual(Float32Array.of(2, 3, 4));
    expect(lastSamples(Float32Array.of(1, 2), 4)).toEqual(Float32Array.of(0, 0, 1, 2));
  });

  it("is as loud whoever speaks, and nothing for silence", () => {
    const loud = normalise(Float32Array.of(-1, 1, -1, 1));
    const quiet = normalise(Float32Array.of(-0.1, 0.1, -0.1, 0.1));
    for (const [index, sample] of loud.entries()) expect(sample).toBeCloseTo(quiet[index] as number, 4);
    expect(normalise(new Float32Array(4))).toEqual(new Float32Array(4));
    expect(normalise(new Float32Array(0))).toEqual(new Float32Array(0));
  });
});

describe("getSmartTurnModel", () => {
  it("asks a model of version 3 whether a turn is over, from whatever sound there is", async () => {
    const model = getSmartTurnModel({ modelPath: written("v3.onnx", tinySmartTurn()) });
    await model.warmup();
    const said = speech.slice(22_000, 70_000);
    const unfinished = await model.probability(said);
    const finished = await model.probability(Float32Array.from([...said, ...new Float32Array(8000)]));
    expect(finished).toBeGreaterThan(0.9);
    expect(unfinished).toBeLessThan(0.8);
    // Only the last eight seconds count.
    const longer = Float32Array.from([...new Float32Array(48_000).fill(0.5), ...speech.slice(0, 128_000)]);
    expect(await model.probability(longer)).toBe(await model.probability(speech.slice(0, 128_000)));
  });

  it("keeps turns apart that are asked about at the same time", async () => {
    const model = getSmartTurnModel({ modelPath: written("v3.onnx", tinySmartTurn()) });
    const turns = [speech.slice(0, 40_000), speech.slice(0, 72_000), speech.slice(30_000)];
    const alone: number[] = [];
    for (const turn of turns) alone.push(await model.probability(turn));
    expect(await Promise.all(turns.map((turn) => model.probability(turn)))).toEqual(alone);
  });

  it("asks a model of version 2, which hears sixteen seconds of samples and is told how many there are", async () => {
    const model = getSmartTurnModel({ modelPath: written("v2.onnx", tinySmartTurn2()) });
    expect(await model.probability(new Float32Array(64_000))).toBeCloseTo(0.25, 6);
  });

  it("downloads its file from the hub once, and does without the network afterwards", async () => {
    const asked: (string | undefined)[] = [];
    const hub = createServer((request, response) => {
      asked.push(request.url);
      response.end(tinySmartTurn());
    });
    await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
    const cacheFolder = join(folder, "cache");
    const progress: ModelProgress[] = [];
    const address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
    const online = new SmartTurnModel({ cacheFolder, onProgress: (moment) => progress.push(moment) }, address);
    const answer = await online.probability(speech);
    await new Promise((resolve) => hub.close(resolve));
    expect(asked).toEqual(["/pipecat-ai/smart-turn-v3/resolve/main/smart-turn-v3.0.onnx"]);
    expect(progress.at(-2)).toMatchObject({ file: "smart-turn-v3.0.onnx", loadedBytes: tinySmartTurn().length });
    expect(progress.at(-1)).toEqual({ type: "model-ready" });
    expect(readdirSync(join(cacheFolder, "pipecat-ai/smart-turn-v3"))).toEqual(["smart-turn-v3.0.onnx"]);
    expect(await getSmartTurnModel({ cacheFolder, offline: true }).probability(speech)).toBe(answer);
  });

  it("leaves nothing half behind when the hub fails, and says what to do", async () => {
    const hub = createServer((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => response.destroy());
    });
    await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
    const cacheFolder = join(folder, "broken");
    const address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
    await expect(new SmartTurnModel({ cacheFolder }, address).warmup()).rejects.toMatchObject({
      code: "invalid_model",
      message: expect.stringMatching(
        /^pipecat-ai\/smart-turn-v3\/smart-turn-v3\.0\.onnx cannot be downloaded: .*pass modelPath\.$/,
      ),
    });
    await new Promise((resolve) => hub.close(resolve));
    expect(readdirSync(join(cacheFolder, "pipecat-ai/smart-turn-v3"))).toEqual([]);
    await expect(getSmartTurnModel({ cacheFolder, offline: true }).warmup()).rejects.toThrow("offline forbids");
  });

  it("is one model for all who ask for the same file", () => {
    const modelPath = join(folder, "v3.onnx");
    expect(getSmartTurnModel({ modelPath })).toBe(getSmartTurnModel({ modelPath }));
  });

  it("says what is wrong with a file", async () => {
    await expect(getSmartTurnModel({ modelPath: join(folder, "none.onnx") }).warmup()).rejects.toMatchObject({
      code: "invalid_model",
    });
    const other = onnxFile({
      inputs: [{ name: "picture", shape: [1] }],
      outputs: [{ name: "same", shape: [1] }],
      constants: [],
      operations: [{ type: "Identity", inputs: ["picture"], outputs: ["same"] }],
    });
    await expect(getSmartTurnModel({ modelPath: written("other.onnx", other) }).warmup()).rejects.toThrow(
      "is no Smart Turn: it takes picture, but neither input_features nor input_values.",
    );
    expect(() => getSmartTurnModel({ maxWaiting: 0 })).toThrow(FastRtcError);
  });
});
