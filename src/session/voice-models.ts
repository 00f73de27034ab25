import type { AudioFrame } from "../media/audio-frame.ts";
import type { Samples } from "../media/convert-samples.ts";

/** A part of a sound, in samples of 16 kHz from its beginning. */
export interface AudioChunk {
  /** The first sample of the part. */
  readonly start: number;
  /** The sample after its last. */
  readonly end: number;
}

/** What a model of one's own may take; `SileroVadOptions` is what Silero's takes. */
export type ModelOptions = object;

/** Mono sound as models are given it: samples per second, and the samples as Int16 or as fractions from -1 to 1. */
export type ModelAudio = readonly [sampleRate: number, samples: Samples];

/** FastRTC's contract of a voice detector: a model that says how much of a piece of sound is speech. */
export interface PauseDetectionModel {
  /** How many seconds of a piece of mono sound are speech, and where in it, in samples of 16 kHz. */
  vad(
    audio: ModelAudio,
    options?: ModelOptions,
  ):
    | readonly [speechSeconds: number, chunks: readonly AudioChunk[]]
    | Promise<readonly [speechSeconds: number, chunks: readonly AudioChunk[]]>;
  /** Gets ready, so that the first answer does not take longer than others. Harmless when repeated. */
  warmup(): void | Promise<void>;
}

/**
 * A voice detector that listens to an unbroken sound: it remembers what came before, so that short windows suffice. One
 * detector serves many voices, each with a stream of its own.
 */
export interface VoiceActivityDetector {
  /** Samples per second of what it is given: 16000. */
  readonly sampleRate: number;
  /** How many samples a window has: 512, 32 ms. */
  readonly windowSamples: number;
  /** Gets ready, so that the first answer does not take longer than others. Harmless when repeated. */
  warmup?(): void | Promise<void>;
  /** Begins to listen to one voice. */
  createStream(): VoiceActivityStream;
}

/** What a detector knows of one voice. */
export interface VoiceActivityStream {
  /**
   * How probable it is that somebody speaks in the next window, from 0 to 1. The window has `windowSamples` fractions from -1
   * to 1 and belongs to the caller again once the answer is there. The next is pushed after that.
   */
  push(window: Float32Array): number | Promise<number>;
  /** Forgets what came before: the next window begins a new sound. */
  reset(): void;
  /** Frees what it holds. Harmless when repeated. */
  close(): void;
}

/** Says from its sound whether somebody has finished, where a silence alone leaves it open. */
export interface EndOfTurnModel {
  /**
   * How probable it is that the speaker has finished, from 0 to 1. `audio` is the turn's sound as it was until now, its last
   * eight seconds where it is longer: mono, 16 kHz, fractions from -1 to 1.
   */
  probability(audio: Float32Array): number | Promise<number>;
  /** Gets ready, so that the first answer does not take longer than others. Harmless when repeated. */
  warmup?(): void | Promise<void>;
}

/** Writes down what is said: FastRTC's contract of a speech-to-text model. */
export interface SpeechToText {
  /** The words in a piece of mono sound. */
  stt(audio: ModelAudio): string | Promise<string>;
}

/** Text that is known already, or that comes piece by piece, as from a language model. */
export type SpokenText = string | Iterable<string> | AsyncIterable<string>;

/** What every text-to-speech model takes. */
export interface TextToSpeechOptions {
  /** Ends the speech; what is asked for afterwards rejects with `signal.reason`. */
  signal?: AbortSignal;
}

/** Reads text aloud: FastRTC's contract of a text-to-speech model. */
export interface TextToSpeech<Options extends TextToSpeechOptions = TextToSpeechOptions> {
  /** The whole text as one sound. */
  tts(text: string, options?: Options): Promise<AudioFrame>;
  /** The text sentence by sentence, the first as soon as it is complete. */
  streamTts(text: SpokenText, options?: Options): AsyncGenerator<AudioFrame, void, undefined>;
}
