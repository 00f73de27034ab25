import { FastRtcError } from "../../errors.ts";
import { AudioFrame } from "../../media/audio-frame.ts";
import { joined } from "../../media/joined.ts";
import type { SpokenText, TextToSpeech, TextToSpeechOptions } from "../../session/voice-models.ts";
import { sentencesOf } from "../sentences-of.ts";

/** What turns one sentence into sound; a model of speech is made of one. */
export interface Voice<Options> {
  /** Silence between sentences, in milliseconds, for voices that leave none. */
  readonly pauseMs: number;
  /** Checks options before anything is said. @throws {FastRtcError} `invalid_option`. */
  check(options: Options): void;
  /** The sound of a sentence, in one piece or several of the same rate. */
  speak(sentence: string, options: Options, signal: AbortSignal): AsyncGenerator<AudioFrame, void, undefined>;
  /** Loads what it needs. Harmless when repeated. */
  warmup(): Promise<void>;
}

/**
 * Text to speech, FastRTC's methods: made by `getTtsModel()`. What is said comes as `AudioFrame`s, which can be taken
 * apart as `[sampleRate, samples]`.
 */
export class TextToSpeechModel<Options extends TextToSpeechOptions> implements TextToSpeech<Options> {
  readonly #voice: Voice<Options>;

  /** @internal */
  constructor(voice: Voice<Options>) {
    this.#voice = voice;
  }

  /**
   * The whole text as one sound; no samples at all when there is nothing to say in it.
   * @throws {FastRtcError} when the voice cannot be had or fails, or `options.signal.reason`.
   */
  async tts(text: string, options?: Options): Promise<AudioFrame> {
    const frames: AudioFrame[] = [];
    for await (const frame of this.streamTts(text, options)) frames.push(frame);
    return wholeOf(frames);
  }

  /**
   * Speaks sentence by sentence, each as soon as it is complete, and works on the next one while one is played. The text may come
   * piece by piece, as from a language model. Ends its work when the loop over it is left.
   * @throws {FastRtcError} when the voice cannot be had or fails, or `options.signal.reason`.
   */
  async *streamTts(text: SpokenText, options: Options = {} as Options): AsyncGenerator<AudioFrame, void, undefined> {
    assertSpoken(text);
    this.#voice.check(options);
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    signal.throwIfAborted();
    const frames = this.#speakAll(text, options, signal);
    let next = nextOf(frames);
    try {
      for (;;) {
        const { done, value } = await next;
        if (done === true) return;
        next = nextOf(frames);
        yield value;
        options.signal?.throwIfAborted();
      }
    } finally {
      left.abort();
      await frames.return().catch(() => {}); // Whatever failed was thrown already, or was left.
    }
  }

  /** FastRTC's name for its synchronous variant. In TypeScript every loop over speech is asynchronous: the same as `streamTts`. */
  streamTtsSync(text: SpokenText, options?: Options): AsyncGenerator<AudioFrame, void, undefined> {
    return this.streamTts(text, options);
  }

  /**
   * Loads the model, so that the first sentence does not take longer than others. Harmless when repeated.
   * @throws {FastRtcError} `missing_package`, `invalid_model` or `invalid_option` when it cannot be had.
   */
  async warmup(): Promise<void> {
    await this.#voice.warmup();
  }

  async *#speakAll(
    text: SpokenText,
    options: Options,
    signal: AbortSignal,
  ): AsyncGenerator<AudioFrame, void, undefined> {
    let first = true;
    for await (const sentence of sentencesOf(text, signal)) {
      let begun = false;
      for await (const frame of this.#voice.speak(sentence, options, signal)) {
        if (!first && !begun && this.#voice.pauseMs > 0) yield silence(this.#voice.pauseMs, frame);
        begun = true;
        first = false;
        yield frame;
      }
    }
  }
}

function assertSpoken(text: unknown): void {
  const isPieces =
    typeof text === "object" && text !== null && (Symbol.asyncIterator in text || Symbol.iterator in text);
  if (typeof text === "string" || isPieces) return;
  throw new FastRtcError(
    "invalid_argument",
    `What is to be spoken is a string, or strings that come one by one, as from a generator, not ${typeof text === "number" ? text : typeof text}.`,
  );
}

/** Begins to make the next frame. When it fails while the one before is played, that is heard of when it is asked for. */
function nextOf(frames: AsyncGenerator<AudioFrame, void, undefined>): Promise<IteratorResult<AudioFrame, void>> {
  const next = frames.next();
  next.catch(() => {});
  return next;
}

function silence(durationMs: number, { samples, sampleRate, channels }: AudioFrame): AudioFrame {
  const length = Math.round((durationMs * sampleRate) / 1000) * channels;
  return new AudioFrame({
    samples: samples instanceof Int16Array ? new Int16Array(length) : new Float32Array(length),
    sampleRate,
    channels,
  });
}

function wholeOf(frames: readonly AudioFrame[]): AudioFrame {
  const [first] = frames;
  if (!first) return new AudioFrame({ samples: new Int16Array(0), sampleRate: 24_000 });
  const { sampleRate, channels } = first;
  const samples =
    first.samples instanceof Int16Array
      ? joined(
          frames.map((frame) => frame.toInt16()),
          (length) => new Int16Array(length),
        )
      : joined(
          frames.map((frame) => frame.toFloat32()),
          (length) => new Float32Array(length),
        );
  return new AudioFrame({ samples, sampleRate, channels });
}
