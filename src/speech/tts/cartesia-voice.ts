import { z } from "zod";
import { type Clock, systemClock } from "../../async/clock.ts";
import { FastRtcError, toError } from "../../errors.ts";
import { AudioFrame } from "../../media/audio-frame.ts";
import { joined } from "../../media/joined.ts";
import type { TextToSpeechOptions } from "../../session/voice-models.ts";
import { parseOptions } from "../parse-options.ts";
import { StallGuard } from "../stall-guard.ts";
import type { Voice } from "./text-to-speech-model.ts";

/** How Cartesia speaks, under FastRTC's names. */
export interface CartesiaTtsOptions extends TextToSpeechOptions {
  /** The id of a voice. @default "71a7ad14-091c-4e8e-a314-022ece01c121" */
  voice?: string;
  /** The language of the text, as in ISO 639-1. @default "en" */
  language?: string;
  /** Feelings as Cartesia's experimental controls name them: "positivity:high". @default [] */
  emotion?: readonly string[];
  /** The date of the API's version. @default "2024-06-10" */
  cartesiaVersion?: string;
  /** @default "sonic-2" */
  model?: string;
  /** Samples per second: 8000, 16000, 22050, 24000, 44100 or 48000. @default 22050 */
  sampleRate?: number;
}

const OPTIONS = z.strictObject({
  signal: z.instanceof(AbortSignal).optional(),
  voice: z.string().min(1).default("71a7ad14-091c-4e8e-a314-022ece01c121"),
  language: z.string().min(2).default("en"),
  emotion: z.array(z.string()).default([]),
  cartesiaVersion: z.iso.date().default("2024-06-10"),
  model: z.string().min(1).default("sonic-2"),
  sampleRate: z.literal([8000, 16_000, 22_050, 24_000, 44_100, 48_000]).default(22_050),
});

export interface CartesiaVoiceInit {
  /** Undefined when there is none: said when somebody wants to speak. */
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
  /** Replaced in tests. @default systemClock */
  readonly clock?: Clock;
}

/** How long Cartesia may take to begin, and then for each next piece, in milliseconds. */
const TIMEOUT_MS = 15_000;
/** What is shown of an answer that refuses. */
const MAXIMUM_COMPLAINT = 300;

/**
 * The voices of cartesia.ai over HTTP: `POST /tts/bytes`, answered by 16-bit samples while they are made
 * (docs.cartesia.ai, Text to Speech, Bytes).
 */
export class CartesiaVoice implements Voice<CartesiaTtsOptions> {
  readonly pauseMs = 0;
  readonly #apiKey: string | undefined;
  readonly #baseUrl: string;
  readonly #clock: Clock;

  constructor({ apiKey, baseUrl, clock = systemClock }: CartesiaVoiceInit) {
    this.#clock = clock;
    this.#apiKey = apiKey;
    this.#baseUrl = baseUrl;
  }

  check(options: CartesiaTtsOptions): void {
    parseOptions(OPTIONS, options, "CartesiaTtsOptions");
    this.#key();
  }

  /** Nothing is loaded: says at once when the key is missing. */
  async warmup(): Promise<void> {
    this.#key();
    await Promise.resolve();
  }

  async *speak(
    sentence: string,
    options: CartesiaTtsOptions,
    signal: AbortSignal,
  ): AsyncGenerator<AudioFrame, void, undefined> {
    const parsed = parseOptions(OPTIONS, options, "CartesiaTtsOptions");
    const { sampleRate } = parsed;
    const guard = new StallGuard(this.#clock, TIMEOUT_MS);
    const over = new AbortController();
    try {
      const together = AbortSignal.any([signal, guard.signal, over.signal]);
      const body = (await guard.during(this.#request(sentence, parsed, together)))[Symbol.asyncIterator]();
      let odd = new Uint8Array(0);
      for (;;) {
        const next = await guard.during(body.next());
        if (next.done === true) return;
        const bytes = joined([odd, next.value], (length) => new Uint8Array(length));
        const whole = bytes.byteLength - (bytes.byteLength % 2);
        odd = bytes.slice(whole);
        if (whole > 0) yield new AudioFrame({ samples: samplesOf(bytes.subarray(0, whole)), sampleRate });
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof FastRtcError) throw error;
      const { message } = toError(guard.signal.aborted ? guard.signal.reason : error);
      throw new FastRtcError("speech_failed", `Cartesia cannot be reached: ${message}.`, { cause: error });
    } finally {
      over.abort(); // Hangs up when the listener left in the middle.
    }
  }

  async #request(
    sentence: string,
    options: z.output<typeof OPTIONS>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const { voice, language, emotion, cartesiaVersion, model, sampleRate } = options;
    const controls = emotion.length > 0 ? { __experimental_controls: { emotion } } : {};
    const response = await fetch(new URL("tts/bytes", this.#baseUrl), {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Cartesia-Version": cartesiaVersion,
        "X-API-Key": this.#key(),
      },
      body: JSON.stringify({
        model_id: model,
        transcript: sentence,
        voice: { mode: "id", id: voice, ...controls },
        language,
        output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: sampleRate },
      }),
      redirect: "error", // The key is for this service and nobody it might point to.
      signal,
    });
    if (response.ok && response.body) return response.body;
    const said = (await response.text()).replaceAll(this.#key(), "[hidden]");
    const complaint = said.slice(0, MAXIMUM_COMPLAINT).replace(/[\s.]+$/, "");
    const advice = response.status === 401 || response.status === 403 ? " Check the key in CARTESIA_API_KEY." : "";
    throw new FastRtcError("speech_failed", `Cartesia refused with ${response.status}: ${complaint}.${advice}`);
  }

  #key(): string {
    if (this.#apiKey === undefined) {
      throw new FastRtcError(
        "invalid_option",
        'Cartesia needs a key: set CARTESIA_API_KEY, or pass getTtsModel("cartesia", { cartesiaApiKey }).',
      );
    }
    if (/^[\x21-\x7e]+$/.test(this.#apiKey)) return this.#apiKey;
    // The error of a header that cannot be sent would show the key to the peer.
    throw new FastRtcError(
      "invalid_option",
      "Cartesia's key has a character that no key has, such as a line break. Copy it anew.",
    );
  }
}

function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.byteLength / 2 }, (_, index) => view.getInt16(2 * index, true));
}
