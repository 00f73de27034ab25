import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import type { ModelProgress } from "../../src/speech/model-source.ts";
import { cutAtSilence } from "../../src/speech/stt/cut-at-silence.ts";
import { getSttModel } from "../../src/speech/stt/get-stt-model.ts";
import { sttForChunks } from "../../src/speech/stt/stt-for-chunks.ts";
import { writeTinyMoonshine } from "./models/tiny-moonshine.ts";

const folder = mkdtempSync(join(tmpdir(), "fastrtc-stt-"));
const modelPath = join(folder, "model");
const loud = (seconds: number, sampleRate = 16_000): Float32Array => new Float32Array(seconds * sampleRate).fill(0.9);
const quiet = (seconds: number): Float32Array => new Float32Array(seconds * 16_000).fill(0.1);

beforeAll(() => writeTinyMoonshine(modelPath));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("getSttModel", () => {
  it("loads a model from a folder and writes down what it hears, at any rate, in pairs and frames, mono and stereo", async () => {
    const model = getSttModel("moonshine/tiny", { modelPath });
    const stereo = new AudioFrame({ samples: loud(1, 48_000), sampleRate: 24_000, channels: 2 });
    expect(await Promise.all([model.stt([16_000, loud(1)]), model.stt([16_000, quiet(1)]), model.stt(stereo)])).toEqual(
      ["it was loud", "it was quiet", "it was loud"],
    );
  });

  it("writes down half a second too, for which the library's own limit of words is 0", async () => {
    expect(await getSttModel("moonshine/tiny", { modelPath }).stt([16_000, loud(0.5)])).toBe("it was loud");
  });

  it("hears nothing in less than a tenth of a second", async () => {
    expect(await getSttModel("moonshine/tiny", { modelPath }).stt([16_000, loud(0.05)])).toBe("");
  });

  it("writes down long sound in pieces, cut where it is quietest", async () => {
    const sound = Float32Array.from([...loud(28), ...quiet(1), ...loud(3)]);
    const [first, second, ...others] = cutAtSilence(sound, 16_000, 30);
    expect(others).toEqual([]);
    expect((first as Float32Array).length / 16_000).toBeGreaterThan(28);
    expect((first as Float32Array).length / 16_000).toBeLessThan(29);
    expect((first as Float32Array).length + (second as Float32Array).length).toBe(sound.length);
    expect(await getSttModel("moonshine/tiny", { modelPath }).stt([16_000, sound])).toBe("it was loud it was loud");
  });

  it("gives the same model to all who ask for the same, whoever listens to its loading", () => {
    const model = getSttModel("moonshine/tiny", { modelPath });
    expect(getSttModel("moonshine/tiny", { onProgress: () => {}, modelPath })).toBe(model);
    expect(getSttModel("moonshine/base", { modelPath })).not.toBe(model);
  });

  it("ends with the signal's reason, and goes on for others", async () => {
    const model = getSttModel("moonshine/tiny", { modelPath });
    const reason = new Error("hung up");
    await expect(model.stt([16_000, loud(1)], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await model.stt([16_000, quiet(1)])).toBe("it was quiet");
  });

  it("refuses what would wait behind too much", async () => {
    const model = getSttModel("moonshine/tiny", { modelPath, maxWaiting: 1 });
    await model.warmup();
    const answers = await Promise.allSettled([1, 2, 3].map(() => model.stt([16_000, loud(1)])));
    expect(
      answers.map((answer) => (answer.status === "fulfilled" ? answer.value : (answer.reason as FastRtcError).code)),
    ).toEqual(["it was loud", "it was loud", "model_busy"]);
  });

  it("says that a model is not where it should be, and finds it when it has come", async () => {
    const later = join(folder, "later");
    const model = getSttModel("moonshine/tiny", { modelPath: later });
    await expect(model.warmup()).rejects.toMatchObject({
      code: "invalid_model",
      message: expect.stringContaining(`${later} cannot be loaded`),
    });
    writeTinyMoonshine(later);
    expect(await model.stt([16_000, loud(1)])).toBe("it was loud");
  });

  it("refuses names and options that it does not know", () => {
    expect(() => getSttModel("whisper" as "moonshine/tiny")).toThrow(
      new FastRtcError("invalid_option", "There is no model whisper; there are moonshine/base and moonshine/tiny."),
    );
    expect(() => getSttModel("moonshine/tiny", { maxWaiting: 0 })).toThrow(FastRtcError);
  });
});

describe("a model from the hub", () => {
  const requests: string[] = [];
  const { remoteHost } = env;
  let hub: Server;

  beforeAll(async () => {
    // Files lie at <repository>/resolve/<revision>/<path>, as on huggingface.co.
    hub = createServer((request, response) => {
      requests.push(request.url ?? "");
      const path = /^\/onnx-community\/moonshine-tiny-ONNX\/resolve\/main\/([\w/.]+)$/.exec(request.url ?? "")?.[1];
      try {
        response.end(readFileSync(join(modelPath, path ?? "missing")));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
    env.remoteHost = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    env.remoteHost = remoteHost;
    await new Promise((resolve) => hub.close(resolve));
  });

  it("is downloaded into the cache folder, tells how that goes on, and is then there without the network", async () => {
    const cacheFolder = join(folder, "cache");
    const progress: ModelProgress[] = [];
    const online = getSttModel("moonshine/tiny", { cacheFolder, onProgress: (moment) => progress.push(moment) });
    expect(await online.stt([16_000, loud(1)])).toBe("it was loud");
    expect(progress.at(-1)).toEqual({ type: "model-ready" });
    expect(progress).toContainEqual({
      type: "load-progress",
      file: "onnx/encoder_model.onnx",
      loadedBytes: readFileSync(join(modelPath, "onnx/encoder_model.onnx")).length,
      totalBytes: readFileSync(join(modelPath, "onnx/encoder_model.onnx")).length,
    });
    expect(readdirSync(join(cacheFolder, "onnx-community/moonshine-tiny-ONNX/onnx")).toSorted()).toEqual(
      readdirSync(join(modelPath, "onnx")).toSorted(),
    );

    const asked = requests.length;
    const offline = getSttModel("moonshine/tiny", { cacheFolder, offline: true });
    expect(await offline.stt([16_000, quiet(1)])).toBe("it was quiet");
    expect(requests).toHaveLength(asked);
  });

  it("is not asked for offline", async () => {
    const asked = requests.length;
    const model = getSttModel("moonshine/tiny", { cacheFolder: join(folder, "empty"), offline: true });
    await expect(model.warmup()).rejects.toMatchObject({ code: "invalid_model" });
    expect(requests).toHaveLength(asked);
  });
});

describe("sttForChunks", () => {
  it("writes down the parts that a voice detector found, whose places are those of 16 kHz", async () => {
    const heard: (readonly [number, number])[] = [];
    const model = {
      stt: ([sampleRate, samples]: readonly [number, Float32Array | Int16Array]): string => {
        heard.push([sampleRate, samples.length]);
        return `part ${heard.length}`;
      },
    };
    const chunks = [
      { start: 0, end: 1600 },
      { start: 3200, end: 8000 },
    ];
    expect(await sttForChunks(model, [48_000, new Int16Array(48_000)], chunks)).toBe("part 1 part 2");
    expect(heard).toEqual([
      [48_000, 4800],
      [48_000, 14_400],
    ]);
  });
});
