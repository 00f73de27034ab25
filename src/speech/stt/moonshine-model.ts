import { FastRtcError, toError } from "../../errors.ts";
import { AudioFrame, type AudioTuple } from "../../media/audio-frame.ts";
import type { SpeechToText } from "../../session/voice-models.ts";
import { type ModelPrecision, type ModelSource, pretrained } from "../model-source.ts";
import { monoSamples } from "../mono-samples.ts";
import { packageMissing } from "../package-missing.ts";
import { SharedModel } from "../shared-model.ts";
import { WorkQueue } from "../work-queue.ts";
import { cutAtSilence } from "./cut-at-silence.ts";

/** What `getSttModel` takes. */
export interface SttOptions extends ModelSource {
  /** "fp32" is as trained; "q8" takes a third of the memory and makes some more mistakes. @default "fp32" */
  precision?: ModelPrecision;
  /** How many sounds may wait for the model; more are refused with `model_busy`. An integer of at least 1. @default 64 */
  maxWaiting?: number;
}

const SAMPLE_RATE = 16_000;
/** Shorter sound holds no word, and the model refuses it. */
const MINIMUM_S = 0.1;
/** Longer sound is written down in pieces. */
const MAXIMUM_S = 30;
/** Speech has less than this; what is more is the model repeating itself (Moonshine's paper, arXiv 2410.15608). */
const TOKENS_PER_SECOND = 6.5;

type Transcriber = (samples: Float32Array, options: { max_new_tokens: number }) => Promise<unknown>;

/**
 * Moonshine, a model that writes down English speech, made for short turns on ordinary processors. Made by `getSttModel()`;
 * one serves every peer, one sound at a time.
 */
export class MoonshineModel implements SpeechToText {
  readonly #shared: SharedModel<Transcriber>;
  readonly #queue: WorkQueue;

  /** @internal */
  constructor(repository: string, options: SttOptions) {
    this.#shared = new SharedModel(() => loadTranscriber(repository, options));
    this.#queue = new WorkQueue({ name: "Moonshine", concurrency: 1, capacity: options.maxWaiting ?? 64 });
  }

  /**
   * The words in a piece of sound of any rate and length; "" when there are none. Loads the model when nobody has yet.
   * @throws {FastRtcError} `missing_package`, `invalid_model`, `model_busy`, `speech_failed`, or `options.signal.reason`.
   */
  async stt(audio: AudioFrame | AudioTuple, options: { signal?: AbortSignal } = {}): Promise<string> {
    const { signal } = options;
    const samples = monoSamples(AudioFrame.from(audio), SAMPLE_RATE);
    const transcribe = await this.#shared.get();
    const parts: string[] = [];
    for (const piece of cutAtSilence(samples, SAMPLE_RATE, MAXIMUM_S)) {
      if (piece.length < MINIMUM_S * SAMPLE_RATE) continue;
      parts.push(await this.#queue.run(() => textOf(transcribe, piece), signal));
    }
    return parts.filter((part) => part !== "").join(" ");
  }

  /**
   * Loads the model, downloading it the first time, and lets it listen once, so that the first turn does not wait.
   * Harmless when repeated.
   * @throws {FastRtcError} `missing_package` or `invalid_model`.
   */
  async warmup(): Promise<void> {
    await this.stt([SAMPLE_RATE, new Float32Array(SAMPLE_RATE)]);
  }
}

async function textOf(transcribe: Transcriber, samples: Float32Array): Promise<string> {
  try {
    // The library's own limit is 0 for less than a second.
    const tokens = Math.ceil((samples.length / SAMPLE_RATE) * TOKENS_PER_SECOND) + 1;
    const result = await transcribe(samples, { max_new_tokens: tokens });
    const text = typeof result === "object" && result !== null && "text" in result ? result.text : undefined;
    if (typeof text !== "string") throw new TypeError("the model gave no text");
    return text.trim();
  } catch (error) {
    throw new FastRtcError("speech_failed", `Moonshine could not write down a sound: ${toError(error).message}.`, {
      cause: error,
    });
  }
}

async function loadTranscriber(repository: string, options: SttOptions): Promise<Transcriber> {
  const { pipeline } = await import("@huggingface/transformers").catch((error: unknown) => {
    throw packageMissing("Speech to text", "@huggingface/transformers", error);
  });
  const [source, settings] = pretrained(repository, options);
  try {
    const transcriber = await pipeline("automatic-speech-recognition", source, {
      ...settings,
      dtype: options.precision ?? "fp32",
      device: "cpu",
    });
    options.onProgress?.({ type: "model-ready" });
    return (samples, limits) => transcriber(samples, limits);
  } catch (error) {
    throw new FastRtcError(
      "invalid_model",
      `${source} cannot be loaded: ${toError(error).message} Check the network or modelPath, which is a folder with config.json and ` +
        `onnx/encoder_model.onnx.`,
      { cause: error },
    );
  }
}
