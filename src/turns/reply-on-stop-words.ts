import { FastRtcError, toError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import { sessionFor } from "../handlers/stream-handler.ts";
import type { SpeechToText } from "../session/voice-models.ts";
import { getSttModel } from "../speech/stt/get-stt-model.ts";
import { detectorOf } from "./pause-model-detector.ts";
import type { ReplyFunction } from "./reply-function.ts";
import { ReplyOnPause } from "./reply-on-pause.ts";
import type { ReplyOnPauseOptions } from "./reply-on-pause-options.ts";
import { StopWordListener } from "./stop-word-listener.ts";

/** What the constructor of a `ReplyOnStopWords` takes beside the function. */
export interface ReplyOnStopWordsOptions<
  Inputs extends readonly unknown[] = readonly unknown[],
> extends ReplyOnPauseOptions<Inputs> {
  /** The words to wait for, each one or several: "computer", "hello computer". Case and punctuation do not matter. */
  stopWords: readonly string[];
  /** What writes down what is said. @default getSttModel("moonshine/base") */
  sttModel?: SpeechToText;
}

/**
 * Answers whoever says one of its stop words first: then it is a `ReplyOnPause` for one turn, which begins after the stop word. While a
 * reply sounds, a stop word interrupts it. The front end is told of a stop word by the message `stopword`.
 */
export class ReplyOnStopWords<Inputs extends readonly unknown[] = readonly unknown[]> extends ReplyOnPause<Inputs> {
  /** What it was made with. */
  declare readonly options: ReplyOnStopWordsOptions<Inputs>;
  #listener: StopWordListener | undefined;
  #isAwake = false;
  /** What was said since the stop word and has not been listened to. */
  #said: readonly AudioFrame[] = [];

  /** @throws {FastRtcError} `invalid_option` with a line for each option at fault. */
  constructor(fn: ReplyFunction<Inputs>, options: ReplyOnStopWordsOptions<Inputs>) {
    super(fn, options);
    const { stopWords } = options;
    if (!Array.isArray(stopWords) || stopWords.length === 0 || !stopWords.every(isStopWord)) {
      throw new FastRtcError("invalid_option", 'stopWords is a list with at least one word, such as ["computer"].');
    }
  }

  override async receive(frame: AudioFrame): Promise<void> {
    if (this.isProtected) return;
    if (!this.#isAwake) {
      await this.#listening.hear(frame);
      return;
    }
    const said = this.#said;
    this.#said = [];
    for (const earlier of said) await super.receive(earlier);
    await super.receive(frame);
  }

  override shutdown(): void {
    this.#listener?.close();
    super.shutdown();
  }

  /** One stop word, one turn. */
  protected override onTurnEnd(): void {
    this.#isAwake = false;
    this.#listener?.listenAgain();
  }

  get #listening(): StopWordListener {
    const { stopWords, sttModel, algoOptions, modelOptions } = this.options;
    return (this.#listener ??= new StopWordListener({
      stopWords,
      detector: detectorOf(this.model, modelOptions),
      speechToText: () => sttModel ?? getSttModel("moonshine/base"),
      speechProbability: this.speechProbability,
      everyMs: (algoOptions?.audioChunkDuration ?? 0.6) * 1000,
      onStopWord: (stopWord, after) => this.#wake(stopWord, after),
      onFailure: (thrown) => sessionFor(this)?.reportError(toError(thrown)),
    }));
  }

  #wake(stopWord: string, after: readonly AudioFrame[]): void {
    if (this.isProtected) return;
    this.#isAwake = true;
    this.#said = after;
    this.interruptReply();
    sessionFor(this)?.sendMessage({ type: "stopword", data: stopWord });
  }
}

function isStopWord(word: unknown): word is string {
  return typeof word === "string" && /[\p{L}\p{N}]/u.test(word);
}
