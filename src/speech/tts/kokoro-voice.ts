import { createRequire } from "node:module";
import type { KokoroTTS } from "kokoro-js";
import { z } from "zod";
import { FastRtcError, toError } from "../../errors.ts";
import { AudioFrame } from "../../media/audio-frame.ts";
import type { TextToSpeechOptions } from "../../session/voice-models.ts";
import { type ModelPrecision, type ModelSource, pretrained } from "../model-source.ts";
import { packageMissing } from "../package-missing.ts";
import { parseOptions } from "../parse-options.ts";
import { SharedModel } from "../shared-model.ts";
import { WorkQueue } from "../work-queue.ts";
import type { Voice } from "./text-to-speech-model.ts";

/** How Kokoro speaks, under FastRTC's names. */
export interface KokoroTtsOptions extends TextToSpeechOptions {
  /** One of Kokoro's English voices, from "af_heart" (American, a woman's) to "bm_lewis" (British, a man's). @default "af_heart" */
  voice?: string;
  /** How fast, 1 being natural, from 0.5 to 2. @default 1 */
  speed?: number;
  /** The language, which has to be the voice's: "en-us" for those with a, "en-gb" for those with b. @default the voice's */
  lang?: "en-us" | "en-gb";
}

const OPTIONS = z
  .strictObject({
    signal: z.instanceof(AbortSignal).optional(),
    voice: z
      .string()
      .regex(/^[ab][fm]_[a-z]+$/, 'is no English voice of Kokoro, such as "af_heart"')
      .default("af_heart"),
    speed: z.number().min(0.5).max(2).default(1),
    lang: z.enum(["en-us", "en-gb"]).optional(),
  })
  .refine(({ voice, lang }) => lang === undefined || lang === (voice.startsWith("a") ? "en-us" : "en-gb"), {
    path: ["lang"],
    message: "is not the voice's language: voices with a speak en-us, those with b en-gb",
  });

export interface KokoroVoiceInit extends ModelSource {
  readonly precision?: ModelPrecision;
  readonly maxWaiting?: number;
}

const REPOSITORY = "onnx-community/Kokoro-82M-v1.0-ONNX";
/** What Kokoro was made to work with; a second copy would bring a second native runtime into the process. */
const INSTALL = "kokoro-js @huggingface/transformers@3";
const TRANSFORMERS = "@huggingface/transformers";

/** Kokoro, a model of 82 million parameters that speaks English well and runs on ordinary processors, one sentence at a time. */
export class KokoroVoice implements Voice<KokoroTtsOptions> {
  /** A seventh of a second, as FastRTC has it. */
  readonly pauseMs = 143;
  readonly #shared: SharedModel<KokoroTTS>;
  readonly #queue: WorkQueue;

  constructor(init: KokoroVoiceInit) {
    this.#shared = new SharedModel(() => loadKokoro(init));
    this.#queue = new WorkQueue({ name: "Kokoro", concurrency: 1, capacity: init.maxWaiting ?? 64 });
  }

  check(options: KokoroTtsOptions): void {
    parseOptions(OPTIONS, options, "KokoroTtsOptions");
  }

  async *speak(
    sentence: string,
    options: KokoroTtsOptions,
    signal: AbortSignal,
  ): AsyncGenerator<AudioFrame, void, undefined> {
    const { voice, speed } = parseOptions(OPTIONS, options, "KokoroTtsOptions");
    const kokoro = await this.#shared.get();
    if (!isVoice(voice, kokoro)) {
      const voices = Object.keys(kokoro.voices).join(", ");
      throw new FastRtcError("invalid_option", `Kokoro has no voice ${voice}; it has ${voices}.`);
    }
    yield await this.#queue.run(async () => {
      try {
        const { audio, sampling_rate: sampleRate } = await kokoro.generate(sentence, { voice, speed });
        return new AudioFrame({ samples: audio, sampleRate });
      } catch (error) {
        throw new FastRtcError("speech_failed", `Kokoro could not say a sentence: ${toError(error).message}.`, {
          cause: error,
        });
      }
    }, signal);
  }

  async warmup(): Promise<void> {
    await this.speak("Hello, world!", {}, new AbortController().signal).next();
  }
}

function isVoice(voice: string, { voices }: KokoroTTS): voice is keyof KokoroTTS["voices"] {
  return Object.hasOwn(voices, voice);
}

async function loadKokoro(init: KokoroVoiceInit): Promise<KokoroTTS> {
  const missing = (error: unknown): never => {
    throw packageMissing("Kokoro", INSTALL, error);
  };
  assertOneCopy();
  const { AutoTokenizer, StyleTextToSpeech2Model } = await import("@huggingface/transformers").catch(missing);
  const { KokoroTTS } = await import("kokoro-js").catch(missing);
  const [source, settings] = pretrained(REPOSITORY, init);
  try {
    const [model, tokenizer] = await Promise.all([
      StyleTextToSpeech2Model.from_pretrained(source, { ...settings, dtype: init.precision ?? "fp32", device: "cpu" }),
      AutoTokenizer.from_pretrained(source, settings),
    ]);
    init.onProgress?.({ type: "model-ready" });
    return new KokoroTTS(model, tokenizer);
  } catch (error) {
    throw new FastRtcError(
      "invalid_model",
      `${source} cannot be loaded: ${toError(error).message} Check the network or modelPath, which is a folder with config.json, ` +
        `tokenizer.json and onnx/model.onnx.`,
      { cause: error },
    );
  }
}

/** Kokoro's library and this package have to share one copy of the library of models. */
function assertOneCopy(): void {
  const require = createRequire(import.meta.url);
  try {
    const theirs = createRequire(require.resolve("kokoro-js")).resolve(TRANSFORMERS);
    if (theirs === require.resolve(TRANSFORMERS)) return;
  } catch (error) {
    throw packageMissing("Kokoro", INSTALL, error);
  }
  throw new FastRtcError(
    "missing_package",
    `kokoro-js has a copy of ${TRANSFORMERS} of its own, and two native runtimes in a process do not go together. Install the ` +
      `version that it wants: npm install ${INSTALL}.`,
  );
}
