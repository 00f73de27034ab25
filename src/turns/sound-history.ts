import { AudioFrame } from "../media/audio-frame.ts";
import { joined } from "../media/joined.ts";

export interface SoundHistoryOptions {
  /** Samples per second of one channel. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

/** A stretch of sound by its times, in milliseconds since the first sample. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a caller said, by its time, for as long as it is not forgotten. */
export class SoundHistory {
  readonly #sampleRate: number;
  readonly #channels: 1 | 2;
  readonly #pieces: Int16Array[] = [];
  /** How many samples (of each channel) were forgotten, and how many there have been in all. */
  #firstSample = 0;
  #endSample = 0;

  constructor({ sampleRate, channels }: SoundHistoryOptions) {
    this.#sampleRate = sampleRate;
    this.#channels = channels;
  }

  /** Adds what follows, in the format of the history. A copy is kept. */
  push(samples: Int16Array): void {
    this.#pieces.push(samples.slice());
    this.#endSample += samples.length / this.#channels;
  }

  /** Forgets what lies before a time. */
  forgetBefore(ms: number): void {
    const least = this.#sampleAt(ms);
    let count = 0;
    for (const piece of this.#pieces) {
      const length = piece.length / this.#channels;
      if (this.#firstSample + length > least) break;
      this.#firstSample += length;
      count += 1;
    }
    this.#pieces.splice(0, count);
  }

  /** The sound of these stretches, one after the other; what was forgotten is not in it. */
  read(stretches: readonly Stretch[]): AudioFrame {
    const parts = stretches.flatMap((stretch) => this.#partsOf(stretch));
    const samples = joined(parts, (length) => new Int16Array(length));
    return new AudioFrame({ samples, sampleRate: this.#sampleRate, channels: this.#channels });
  }

  #partsOf({ startMs, endMs }: Stretch): readonly Int16Array[] {
    const [start, end] = [this.#sampleAt(startMs), this.#sampleAt(endMs)];
    const parts: Int16Array[] = [];
    let first = this.#firstSample;
    for (const piece of this.#pieces) {
      const length = piece.length / this.#channels;
      const from = Math.max(0, start - first);
      const to = Math.min(length, end - first);
      if (from < to) parts.push(piece.subarray(from * this.#channels, to * this.#channels));
      first += length;
    }
    return parts;
  }

  #sampleAt(ms: number): number {
    return Math.round((ms * this.#sampleRate) / 1000);
  }
}
