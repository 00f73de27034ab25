import type { SpeechToText, VoiceActivityDetector, VoiceActivityStream } from "../session/voice-models.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import { joined } from "../media/joined.ts";
import { findStopWord } from "./stop-word-match.ts";
import { VoiceWindows } from "./voice-windows.ts";

/** How much of what was said the stop words are looked for in, in milliseconds, as in FastRTC. */
const ROLLING_MS = 2000;
/** How much is kept while the model is at work, in milliseconds; the oldest goes first. */
const MAX_AFTER_MS = 10_000;

export interface StopWordListenerOptions {
  readonly stopWords: readonly string[];
  readonly detector: VoiceActivityDetector;
  /** The model that writes down what is said; may have to be loaded first. */
  readonly speechToText: () => SpeechToText | Promise<SpeechToText>;
  /** From which probability a window is speech. */
  readonly speechProbability: number;
  /** How often is listened, in milliseconds. */
  readonly everyMs: number;
  /** A stop word was said, and after it this sound; called at most once until `listenAgain`. */
  readonly onStopWord: (stopWord: string, after: readonly AudioFrame[]) => void;
  readonly onFailure: (thrown: unknown) => void;
}

/**
 * Waits for a stop word: has the last two seconds written down again and again while somebody speaks. What is said while
 * the model is at work is kept, so that whoever goes on at once after the stop word loses nothing.
 */
export class StopWordListener {
  readonly #options: StopWordListenerOptions;
  #windows: VoiceWindows;
  #voice: VoiceActivityStream;
  readonly #windowMs: number;
  /** The last two seconds, by windows, and which of them are speech. */
  #heard: { readonly samples: Float32Array; readonly isSpeech: boolean }[] = [];
  #sinceAskedMs = 0;
  #isAsking = false;
  #hasMissedSound = false;
  /** What was heard since the model was asked; a bounded number, for a model that never answers. */
  #after: AudioFrame[] = [];
  #afterMs = 0;

  constructor(options: StopWordListenerOptions) {
    this.#options = options;
    const { detector } = options;
    this.#windows = new VoiceWindows(detector);
    this.#voice = detector.createStream();
    this.#windowMs = (detector.windowSamples * 1000) / detector.sampleRate;
  }

  /** Hears what follows. */
  async hear(frame: AudioFrame): Promise<void> {
    if (this.#isAsking) this.#keep(frame);
    if (this.#hasMissedSound) {
      // A voice that has missed a turn would take the silence after it for the speech that it heard last, and so would a window that
      // is half filled with that speech.
      this.#hasMissedSound = false;
      this.#windows = new VoiceWindows(this.#options.detector);
      this.#voice.close();
      this.#voice = this.#options.detector.createStream();
    }
    for (const window of this.#windows.push(frame)) {
      const samples = window.slice();
      const isSpeech = (await this.#voice.push(window)) >= this.#options.speechProbability;
      this.#heard.push({ samples, isSpeech });
      if (this.#heard.length * this.#windowMs > ROLLING_MS) this.#heard.shift();
      this.#sinceAskedMs += this.#windowMs;
    }
    if (this.#isAsking || this.#sinceAskedMs < this.#options.everyMs) return;
    this.#sinceAskedMs = 0;
    if (this.#heard.some(({ isSpeech }) => isSpeech)) void this.#ask(); // It never rejects.
  }

  /** Forgets what was said: the same stop word is not found again in it. */
  listenAgain(): void {
    this.#heard = [];
    this.#sinceAskedMs = 0;
    this.#after = [];
    this.#afterMs = 0;
    this.#hasMissedSound = true;
  }

  /** Frees the detector's stream. Harmless when repeated. */
  close(): void {
    this.#voice.close();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#after = [];
    this.#afterMs = 0;
    const { detector, speechToText, stopWords, onStopWord, onFailure } = this.#options;
    try {
      const samples = joined(
        this.#heard.map((window) => window.samples),
        (length) => new Float32Array(length),
      );
      const text = await (await speechToText()).stt([detector.sampleRate, samples]);
      const stopWord = findStopWord(text, stopWords);
      if (stopWord === undefined) return;
      const after = this.#after;
      this.listenAgain();
      onStopWord(stopWord, after);
    } catch (thrown) {
      onFailure(thrown);
    } finally {
      this.#isAsking = false;
    }
  }

  #keep(frame: AudioFrame): void {
    this.#after.push(frame);
    this.#afterMs += frame.durationMs;
    while (this.#afterMs > MAX_AFTER_MS) this.#afterMs -= this.#after.shift()?.durationMs ?? this.#afterMs;
  }
}
