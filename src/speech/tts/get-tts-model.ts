import { FastRtcError } from "../../errors.ts";
import { type ModelPrecision, type ModelSource, identityOf } from "../model-source.ts";
import { type CartesiaTtsOptions, CartesiaVoice } from "./cartesia-voice.ts";
import { type EspeakTtsOptions, EspeakVoice } from "./espeak-voice.ts";
import { type KokoroTtsOptions, KokoroVoice } from "./kokoro-voice.ts";
import { TextToSpeechModel } from "./text-to-speech-model.ts";

/** Where Kokoro comes from. */
export interface KokoroModelOptions extends ModelSource {
  /** "fp32" is as trained, 330 MB; "q8" is 90 MB. @default "fp32" */
  precision?: ModelPrecision;
  /** How many sentences may wait for the model; more are refused with `model_busy`. An integer of at least 1. @default 64 */
  maxWaiting?: number;
}

/** How Cartesia is reached. */
export interface CartesiaModelOptions {
  /** The key of your account. It is in no message and no log. @default the environment's CARTESIA_API_KEY */
  cartesiaApiKey?: string;
  /** Where the API is, for a gateway before it. @default "https://api.cartesia.ai/" */
  baseUrl?: string;
}

/** How espeak-ng is found. */
export interface EspeakModelOptions {
  /** The program's name or path. @default "espeak-ng" */
  program?: string;
}

/** The names of the models that read text aloud. */
export type TtsModelName = "kokoro" | "cartesia" | "espeak-ng";

const models = new Map<string, TextToSpeechModel<KokoroTtsOptions>>();

/**
 * A model that reads text aloud, by its name:
 * - "kokoro" speaks English on this machine; it needs the packages `kokoro-js` and `@huggingface/transformers`, is loaded by its first
 *   use or by `warmup()`, and the same call gives the same model.
 * - "cartesia" is a service on the web, in many languages, and needs a key.
 * - "espeak-ng" is a program that many systems have: hundreds of languages, no model, no network, and a voice like a machine's.
 * @throws {FastRtcError} `invalid_option` for another name or options that do not fit.
 */
export function getTtsModel(name?: "kokoro", options?: KokoroModelOptions): TextToSpeechModel<KokoroTtsOptions>;
export function getTtsModel(name: "cartesia", options?: CartesiaModelOptions): TextToSpeechModel<CartesiaTtsOptions>;
export function getTtsModel(name: "espeak-ng", options?: EspeakModelOptions): TextToSpeechModel<EspeakTtsOptions>;
export function getTtsModel(
  name: TtsModelName = "kokoro",
  options: KokoroModelOptions | CartesiaModelOptions | EspeakModelOptions = {},
): TextToSpeechModel<KokoroTtsOptions> | TextToSpeechModel<CartesiaTtsOptions> | TextToSpeechModel<EspeakTtsOptions> {
  switch (name) {
    case "kokoro":
      return kokoro(options as KokoroModelOptions);
    case "cartesia":
      return cartesia(options as CartesiaModelOptions);
    case "espeak-ng":
      return new TextToSpeechModel(new EspeakVoice((options as EspeakModelOptions).program ?? "espeak-ng"));
    default:
      throw new FastRtcError(
        "invalid_option",
        `There is no voice ${String(name)}; there are kokoro, cartesia and espeak-ng.`,
      );
  }
}

function kokoro(options: KokoroModelOptions): TextToSpeechModel<KokoroTtsOptions> {
  const key = JSON.stringify([...identityOf(options), options.maxWaiting]);
  const { maxWaiting } = options;
  if (maxWaiting !== undefined && !(Number.isInteger(maxWaiting) && maxWaiting >= 1)) {
    throw new FastRtcError("invalid_option", `maxWaiting is an integer of at least 1, but not ${String(maxWaiting)}.`);
  }
  const known = models.get(key);
  if (known) return known;
  const model = new TextToSpeechModel(new KokoroVoice(options));
  models.set(key, model);
  return model;
}

function cartesia({ cartesiaApiKey, baseUrl = "https://api.cartesia.ai/" }: CartesiaModelOptions) {
  if (!URL.canParse(baseUrl)) throw new FastRtcError("invalid_option", `baseUrl is an address, but not ${baseUrl}.`);
  // oxlint-disable-next-line node/no-process-env -- a secret belongs into the environment, and this is the edge
  const apiKey = cartesiaApiKey?.trim() || process.env["CARTESIA_API_KEY"]?.trim() || undefined;
  return new TextToSpeechModel(new CartesiaVoice({ apiKey, baseUrl: baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/` }));
}
