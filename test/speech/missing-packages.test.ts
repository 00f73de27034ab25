import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nestedRuntime } from "../../src/speech/onnx-runtime.ts";
import { getSmartTurnModel } from "../../src/speech/smart-turn/get-smart-turn-model.ts";
import { getSttModel } from "../../src/speech/stt/get-stt-model.ts";
import { getTtsModel } from "../../src/speech/tts/get-tts-model.ts";

function isNotInstalled(name: string): void {
  vi.doMock(name, () => {
    throw new Error(`Cannot find package '${name}'`);
  });
}

afterEach(() => {
  vi.doUnmock("@huggingface/transformers");
  vi.doUnmock("kokoro-js");
  vi.doUnmock("onnxruntime-node");
});

describe("a package that is not installed", () => {
  it("is named by speech to text, with the command that installs it", async () => {
    isNotInstalled("@huggingface/transformers");
    const model = getSttModel("moonshine/tiny", { modelPath: "nowhere" });
    await expect(model.stt([16_000, new Float32Array(16_000)])).rejects.toMatchObject({
      code: "missing_package",
      message: expect.stringContaining(
        "Speech to text needs packages of its own: npm install @huggingface/transformers.",
      ),
    });
  });

  it("is named by Kokoro", async () => {
    isNotInstalled("kokoro-js");
    await expect(getTtsModel("kokoro", { modelPath: "nowhere" }).tts("Hi.")).rejects.toMatchObject({
      code: "missing_package",
      message: expect.stringContaining("npm install kokoro-js @huggingface/transformers@3."),
    });
  });

  it("is named by Smart Turn", async () => {
    isNotInstalled("onnxruntime-node");
    await expect(getSmartTurnModel({ modelPath: "nowhere" }).probability(new Float32Array(0))).rejects.toMatchObject({
      code: "missing_package",
      message: expect.stringContaining("npm install onnxruntime-node."),
    });
  });
});

describe("the native runtime of models", () => {
  // Node remembers what it has found where, so that each test has a folder of its own.
  let folder = "";
  let from = new URL("file:///");
  const transformers = "node_modules/@huggingface/transformers";
  const install = (path: string): string => {
    const file = join(folder, path, "index.js");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    return file;
  };

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "fastrtc-runtime-")));
    from = pathToFileURL(join(folder, "app.js"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is the one beside this package when nobody else has one", () => {
    install("node_modules/onnxruntime-node");
    expect(nestedRuntime(from)).toBeUndefined();
  });

  it("is the one that transformers shares", () => {
    install("node_modules/onnxruntime-node");
    install(transformers);
    expect(nestedRuntime(from)).toBeUndefined();
  });

  it("is that of transformers when that has a copy of its own, because two versions cannot be loaded", () => {
    install("node_modules/onnxruntime-node");
    install(transformers);
    const theirs = install(`${transformers}/node_modules/onnxruntime-node`);
    expect(nestedRuntime(from)).toBe(theirs);
  });

  it("is that of transformers when there is no other", () => {
    install(transformers);
    const theirs = install(`${transformers}/node_modules/onnxruntime-node`);
    expect(nestedRuntime(from)).toBe(theirs);
  });
});
