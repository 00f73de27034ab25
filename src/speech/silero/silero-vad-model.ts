import { FastRtcError } from "../../errors.ts";
import { AudioFrame, type AudioTuple } from "../../media/audio-frame.ts";
import type {
  AudioChunk,
  PauseDetectionModel,
  VoiceActivityDetector,
  VoiceActivityStream,
} from "../../session/voice-models.ts";
import { monoSamples } from "../mono-samples.ts";
import { type SileroNetwork, type SileroState, WINDOW_SAMPLES, newSileroState } from "./silero-network.ts";
import { type SileroVadOptions, parseSileroVadOptions } from "./silero-vad-options.ts";
import { speechChunks } from "./speech-chunks.ts";

/** Windows after which V8 has compiled all that a window needs. */
const WARMUP_WINDOWS = 200;

/**
 * Silero VAD v5: tells speech from everything else, in any language. It answers for a window of 32 ms in well under a tenth of
 * a millisecond, synchronously; one model serves every voice of a process. Made by `getSileroModel()`.
 */
export class SileroVadModel implements PauseDetectionModel, VoiceActivityDetector {
  /** Samples per second that a stream is pushed: 16000. */
  readonly sampleRate = 16_000;
  /** Samples of a window that a stream is pushed: 512, 32 ms. */
  readonly windowSamples = WINDOW_SAMPLES;
  readonly #network: SileroNetwork;
  #warm = false;

  /** @internal */
  constructor(network: SileroNetwork) {
    this.#network = network;
  }

  /**
   * Where speech is in a piece of sound of any rate, and how many seconds of it there are. Several channels are mixed.
   * @returns the seconds, and the parts, with FastRTC's padding, in samples of 16 kHz from the beginning.
   * @throws {FastRtcError} `invalid_option` or `invalid_argument`.
   */
  vad(
    audio: AudioFrame | AudioTuple,
    options: SileroVadOptions = {},
  ): readonly [speechSeconds: number, chunks: readonly AudioChunk[]] {
    const all = parseSileroVadOptions(options);
    const samples = monoSamples(AudioFrame.from(audio), this.sampleRate);
    const chunks = speechChunks(this.#probabilities(samples, all.windowSizeSamples), samples.length, all);
    return [chunks.reduce((sum, { start, end }) => sum + end - start, 0) / this.sampleRate, chunks];
  }

  /** Runs it until the machine code for it has been made, about 40 ms the first time. Harmless when repeated. */
  warmup(): void {
    if (this.#warm) return;
    this.#warm = true;
    const stream = this.createStream();
    const silence = new Float32Array(WINDOW_SAMPLES);
    for (let count = 0; count < WARMUP_WINDOWS; count += 1) stream.push(silence);
  }

  /** Begins to listen to one voice: windows of 512 samples in, a probability for each out, at once. */
  createStream(): SileroVadStream {
    return new SileroVadStream(this.#network);
  }

  /** The highest probability in each window of so many samples; the last one is filled up with silence. */
  #probabilities(samples: Float32Array, windowSize: number): readonly number[] {
    const stream = this.createStream();
    const window = new Float32Array(WINDOW_SAMPLES);
    const probabilities: number[] = [];
    for (let start = 0; start < samples.length; start += windowSize) {
      let highest = 0;
      for (let at = start; at < start + windowSize; at += WINDOW_SAMPLES) {
        window.fill(0);
        window.set(samples.subarray(at, at + WINDOW_SAMPLES));
        highest = Math.max(highest, stream.push(window));
      }
      probabilities.push(highest);
    }
    return probabilities;
  }
}

/** One voice that a `SileroVadModel` listens to. */
export class SileroVadStream implements VoiceActivityStream {
  readonly #network: SileroNetwork;
  #state: SileroState = newSileroState();

  /** @internal */
  constructor(network: SileroNetwork) {
    this.#network = network;
  }

  /**
   * How probable it is that somebody speaks in the next window, from 0 to 1.
   * @param window 512 samples at 16 kHz as fractions from -1 to 1; what is not a finite number counts as silence.
   * @throws {FastRtcError} `invalid_argument` for another length.
   */
  push(window: Float32Array): number {
    if (window.length !== WINDOW_SAMPLES) {
      throw new FastRtcError(
        "invalid_argument",
        `Silero VAD takes windows of ${WINDOW_SAMPLES} samples at 16 kHz, but not of ${window.length}.`,
      );
    }
    return this.#network.probability(window, this.#state);
  }

  /** Forgets what came before: the next window begins a new sound. */
  reset(): void {
    this.#state = newSileroState();
  }

  /** Frees nothing, for nothing but memory is held; here for models that do. */
  close(): void {
    this.reset();
  }
}
