import { FastRtcError } from "../errors.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import { writeWav } from "../media/wav.ts";

/** A piece of sound that lasts this long is judged at once, in milliseconds. */
const JUDGED_MS = 10;

/** A sound that is quieter is silence, in decibels below full scale. */
const SILENCE_DB = -50;

/** What a peer has heard since it was connected, on the time line of its connection. Where nothing came there is silence. */
export class HeardSound {
  /** Samples per second of one channel. */
  readonly sampleRate: number;
  /** 1, or 2 with the samples interleaved. */
  readonly channels: number;
  readonly #connectedMs: () => number;
  /** In the order of time, without overlap. */
  readonly #pieces: { readonly at: number; samples: Int16Array }[] = [];

  /** @internal @param connectedMs How long the peer has been connected, in milliseconds. */
  constructor({ sampleRate, channels }: { sampleRate: number; channels: number }, connectedMs: () => number) {
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#connectedMs = connectedMs;
  }

  /** @internal Adds sound that begins to play at this time of the connection, in milliseconds. */
  add(frame: AudioFrame, atMs: number): void {
    const last = this.#pieces.at(-1);
    const end = last ? last.at + last.samples.length / this.channels : 0;
    this.#pieces.push({ at: Math.max(end, Math.round((atMs * this.sampleRate) / 1000)), samples: frame.toInt16() });
  }

  /** @internal Drops what has not been played by now. */
  clear(): void {
    const now = Math.round((this.#connectedMs() * this.sampleRate) / 1000);
    for (let last = this.#pieces.at(-1); last; last = this.#pieces.at(-1)) {
      if (last.at < now) {
        last.samples = last.samples.subarray(0, (now - last.at) * this.channels);
        return;
      }
      this.#pieces.pop();
    }
  }

  /** All of it, from the connection to now. */
  all(): AudioFrame {
    return this.between(0, this.#connectedMs());
  }

  /**
   * What was heard from one time of the connection to another, in milliseconds.
   * @throws {FastRtcError} `invalid_argument` when the first is negative or after the second.
   */
  between(fromMs: number, toMs: number): AudioFrame {
    if (!(fromMs >= 0 && toMs >= fromMs)) {
      throw new FastRtcError(
        "invalid_argument",
        `Sound lies between 0 and a later time, not ${fromMs} and ${toMs} ms.`,
      );
    }
    const from = Math.round((fromMs * this.sampleRate) / 1000);
    const length = Math.round((toMs * this.sampleRate) / 1000) - from;
    const samples = new Int16Array(length * this.channels);
    for (const piece of this.#pieces) {
      const offset = (piece.at - from) * this.channels;
      const part = piece.samples.subarray(Math.max(0, -offset), Math.max(0, samples.length - offset));
      if (part.length > 0 && offset < samples.length) samples.set(part, Math.max(0, offset));
    }
    return new AudioFrame({ samples, sampleRate: this.sampleRate, channels: this.channels });
  }

  /**
   * When something was heard, as stretches of the connection's time in milliseconds, 10 ms exact.
   * @param options.silenceDb What is quieter is silence, in decibels below full scale. @default -50
   * @param options.gapMs A silence that is shorter does not end a stretch. @default 200
   */
  sounds({ silenceDb = SILENCE_DB, gapMs = 200 }: { silenceDb?: number; gapMs?: number } = {}): readonly Stretch[] {
    const stretches: { fromMs: number; toMs: number }[] = [];
    const samples = this.all().toFloat32();
    const step = Math.round((this.sampleRate * JUDGED_MS) / 1000) * this.channels;
    for (let at = 0, atMs = 0; at < samples.length; at += step, atMs += JUDGED_MS) {
      if (decibels(samples.subarray(at, at + step)) <= silenceDb) continue;
      const last = stretches.at(-1);
      if (last && atMs - last.toMs < gapMs) last.toMs = atMs + JUDGED_MS;
      else stretches.push({ fromMs: atMs, toMs: atMs + JUDGED_MS });
    }
    return stretches;
  }

  /** All of it as a WAV file, to listen to. */
  toWav(): Uint8Array<ArrayBuffer> {
    return writeWav(this.all());
  }
}

/** A part of a connection's time, in milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How loud a sound is: its root mean square in decibels below full scale, -Infinity for silence. */
export function levelDb(frame: AudioFrame): number {
  return decibels(frame.toFloat32());
}

function decibels(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? -Infinity : 10 * Math.log10(sum / samples.length);
}
