import { afterEach, describe, expect, it, vi } from "vitest";
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
