import type { InferenceSession, Tensor } from "onnxruntime-node";
import { FastRtcError, toError } from "../../errors.ts";
import type { EndOfTurnModel } from "../../session/voice-models.ts";
import { hubFile } from "../hub-file.ts";
import type { ModelSource } from "../model-source.ts";
import { onnxRuntime } from "../onnx-runtime.ts";
import { SharedModel } from "../shared-model.ts";
import { WorkQueue } from "../work-queue.ts";
import { lastSamples, normalise } from "./smart-turn-input.ts";
import { MEL_COUNT, WhisperFeatures } from "./whisper-features.ts";

/** What `getSmartTurnModel` takes. */
export interface SmartTurnOptions extends Omit<ModelSource, "modelPath"> {
  /** The model's ONNX file. @default `smart-turn-v3.0.onnx` of pipecat-ai/smart-turn-v3 on huggingface.co, 8 MB, downloaded once */
  modelPath?: string;
  /** How many turns may wait for the model; more are refused with `model_busy`. An integer of at least 1. @default 64 */
  maxWaiting?: number;
}

const FILE = { repository: "pipecat-ai/smart-turn-v3", file: "smart-turn-v3.0.onnx" };
const SAMPLE_RATE = 16_000;
/** What version 3 hears. */
const FEATURE_SECONDS = 8;
/** What version 2 hears. */
const SAMPLE_SECONDS = 16;

interface Loaded {
  readonly session: InferenceSession;
  readonly createTensor: (type: "float32" | "int64", values: Float32Array | BigInt64Array, shape: number[]) => Tensor;
}

/**
 * Smart Turn, a model that hears from how somebody stops speaking whether they have finished ("I would like ..." has not).
 * Made by `getSmartTurnModel()`; one serves every peer, one turn at a time.
 */
export class SmartTurnModel implements EndOfTurnModel {
  readonly #shared: SharedModel<Loaded>;
  readonly #queue: WorkQueue;
  #features: WhisperFeatures | undefined;

  /** @internal */
  constructor(options: SmartTurnOptions, hub?: string) {
    this.#shared = new SharedModel(() => load(options, hub));
    this.#queue = new WorkQueue({ name: "Smart Turn", concurrency: 1, capacity: options.maxWaiting ?? 64 });
  }

  /**
   * How probable it is that the speaker has finished, from 0 to 1. Loads the model when nobody has yet.
   * @param audio the turn until now, of which the last eight seconds count: mono, 16 kHz, fractions from -1 to 1.
   * @throws {FastRtcError} `missing_package`, `invalid_model`, `model_busy` or `speech_failed`.
   */
  async probability(audio: Float32Array): Promise<number> {
    const loaded = await this.#shared.get();
    return this.#queue.run(() => this.#ask(loaded, audio));
  }

  /**
   * Loads the model and asks it once, so that the first turn does not wait. Harmless when repeated.
   * @throws {FastRtcError} `missing_package` or `invalid_model`.
   */
  async warmup(): Promise<void> {
    await this.probability(new Float32Array(SAMPLE_RATE));
  }

  async #ask({ session, createTensor }: Loaded, audio: Float32Array): Promise<number> {
    const inputs = session.inputNames.includes("input_features")
      ? {
          input_features: createTensor("float32", await this.#featuresOf(audio), [1, MEL_COUNT, FEATURE_SECONDS * 100]),
        }
      : samplesOf(session, audio, createTensor);
    try {
      const outputs = await session.run(inputs);
      const probability = Number(outputs[session.outputNames[0] ?? ""]?.data[0]);
      if (!(probability >= 0 && probability <= 1))
        throw new RangeError(`it gave ${probability}, which is no probability`);
      return probability;
    } catch (error) {
      throw new FastRtcError("speech_failed", `Smart Turn could not judge a turn: ${toError(error).message}.`, {
        cause: error,
      });
    }
  }

  #featuresOf(audio: Float32Array): Promise<Float32Array> {
    this.#features ??= new WhisperFeatures(FEATURE_SECONDS);
    const heard = normalise(lastSamples(audio, FEATURE_SECONDS * SAMPLE_RATE));
    return this.#features.of(heard, () => new Promise((resolve) => setImmediate(resolve)));
  }
}

/** What version 2 is given: the samples at the beginning of sixteen seconds, and which of these they are. */
function samplesOf(
  session: InferenceSession,
  audio: Float32Array,
  createTensor: Loaded["createTensor"],
): Record<string, Tensor> {
  const length = SAMPLE_SECONDS * SAMPLE_RATE;
  const heard = audio.slice(-length);
  const values = new Float32Array(length);
  values.set(normalise(heard));
  const input = { input_values: createTensor("float32", values, [1, length]) };
  if (!session.inputNames.includes("attention_mask")) return input;
  const mask = new BigInt64Array(length).fill(1n, 0, heard.length);
  return { ...input, attention_mask: createTensor("int64", mask, [1, length]) };
}

async function load(options: SmartTurnOptions, hub: string | undefined): Promise<Loaded> {
  const onnx = await onnxRuntime("Smart Turn");
  const modelPath = options.modelPath ?? (await hubFile(FILE, options, hub === undefined ? {} : { hub }));
  let session: InferenceSession;
  try {
    session = await onnx.InferenceSession.create(modelPath, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (error) {
    throw new FastRtcError("invalid_model", `${modelPath} cannot be loaded: ${toError(error).message}.`, {
      cause: error,
    });
  }
  const { inputNames } = session;
  if (!inputNames.includes("input_features") && !inputNames.includes("input_values")) {
    throw new FastRtcError(
      "invalid_model",
      `${modelPath} is no Smart Turn: it takes ${inputNames.join(", ")}, but neither input_features nor input_values.`,
    );
  }
  options.onProgress?.({ type: "model-ready" });
  return { session, createTensor: (type, values, shape) => new onnx.Tensor(type, values, shape) };
}
