import type { Clock } from "../async/clock.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import { Resampler } from "../media/resampler.ts";
import type { AudioFormat } from "./transport.ts";

/** How much sound may wait to be played before its producer has to wait, in milliseconds. */
const MAX_WAITING_MS = 1000;

export interface AudioOutletOptions {
  /** What the transport wants to send. */
  readonly format: AudioFormat;
  /** Sends one packet's worth of sound. */
  readonly send: (frame: AudioFrame) => void;
  readonly clock: Clock;
}

/**
 * Where a handler's sound leaves in real time. Whatever sizes and rates come in, packets of equal length go out, each at the
 * moment it is due: never more than the format's lead early, and without drift, because due times are counted and not slept.
 * Sound that comes faster than it plays waits here, where `clear` can still drop it.
 */
export class AudioOutlet {
  readonly #format: AudioFormat;
  readonly #send: (frame: AudioFrame) => void;
  readonly #clock: Clock;
  readonly #packetLength: number;
  readonly #packetMs: number;
  #resampler: { readonly from: number; readonly resampler: Resampler } | undefined;
  /** Sound in the transport's format that waits, in pieces as they came. */
  readonly #pieces: Int16Array[] = [];
  /** Samples (of all channels) of the first piece that have left. */
  #taken = 0;
  /** Samples (of all channels) that wait. */
  #waitingCount = 0;
  /** When the next packet begins to play. */
  #dueMs = 0;
  #cancelTimer: (() => void) | undefined;
  readonly #waitingForRoom: (() => void)[] = [];
  #finishing = false;
  #ended = false;

  constructor({ format, send, clock }: AudioOutletOptions) {
    this.#format = format;
    this.#send = send;
    this.#clock = clock;
    this.#packetMs = format.packetMs;
    this.#packetLength = Math.round((format.sampleRate * format.packetMs) / 1000) * format.channels;
  }

  /** How much sound waits, in milliseconds. */
  get waitingMs(): number {
    const { sampleRate, channels } = this.#format;
    return (this.#waitingCount * 1000) / (sampleRate * channels);
  }

  /** Takes sound; resolves when there is room for more, or the sound that filled it was dropped. */
  async write(frame: AudioFrame): Promise<void> {
    if (this.#ended) return;
    this.#append(this.#convert(frame));
    this.#schedule();
    if (this.waitingMs > MAX_WAITING_MS) await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
  }

  /** Drops what waits. */
  clear(): void {
    this.#pieces.length = 0;
    this.#taken = 0;
    this.#waitingCount = 0;
    this.#resampler = undefined;
    this.#makeRoomKnown();
  }

  /** Resolves when all that was written has been sent; the last packet is filled up with silence. */
  async finish(): Promise<void> {
    this.#finishing = true;
    if (this.#resampler) this.#append(toInt16(this.#resampler.resampler.flush()));
    this.#schedule();
    while (this.#waitingCount > 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    }
    this.#finishing = false;
    this.#resampler = undefined;
  }

  /** Stops sending. Harmless when repeated. */
  end(): void {
    this.#ended = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.clear();
  }

  #convert(frame: AudioFrame): Int16Array {
    const { sampleRate, channels } = this.#format;
    const mixed = frame.withChannels(channels);
    if (mixed.sampleRate === sampleRate) {
      this.#resampler = undefined;
      return mixed.toInt16();
    }
    if (this.#resampler?.from !== mixed.sampleRate) {
      const resampler = new Resampler({ inputRate: mixed.sampleRate, outputRate: sampleRate, channels });
      this.#resampler = { from: mixed.sampleRate, resampler };
    }
    return toInt16(this.#resampler.resampler.push(mixed.samples));
  }

  #append(samples: Int16Array): void {
    if (samples.length === 0) return;
    // Sound after a pause begins now, not when the pause began.
    if (this.#waitingCount < this.#packetLength) this.#dueMs = Math.max(this.#dueMs, this.#clock.nowMs());
    this.#pieces.push(samples);
    this.#waitingCount += samples.length;
  }

  #schedule(): void {
    if (this.#cancelTimer || this.#ended || !this.#packetReady) return;
    const waitMs = this.#dueMs - this.#format.leadMs - this.#clock.nowMs();
    if (waitMs <= 0) {
      this.#sendDue();
      return;
    }
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#cancelTimer = undefined;
      this.#sendDue();
    });
  }

  get #packetReady(): boolean {
    return this.#waitingCount >= this.#packetLength || (this.#finishing && this.#waitingCount > 0);
  }

  #sendDue(): void {
    const nowMs = this.#clock.nowMs();
    while (!this.#ended && this.#packetReady && this.#dueMs - this.#format.leadMs <= nowMs) {
      const { sampleRate, channels } = this.#format;
      const timestampUs = Math.round(this.#dueMs * 1000);
      this.#dueMs += this.#packetMs;
      this.#send(new AudioFrame({ samples: this.#takePacket(), sampleRate, channels, timestampUs }));
    }
    this.#makeRoomKnown();
    this.#schedule();
  }

  #takePacket(): Int16Array {
    const packet = new Int16Array(this.#packetLength);
    let filled = 0;
    while (filled < packet.length) {
      const piece = this.#pieces[0];
      if (!piece) break; // The rest of the last packet is silence.
      const part = piece.subarray(this.#taken, this.#taken + packet.length - filled);
      packet.set(part, filled);
      filled += part.length;
      this.#taken += part.length;
      if (this.#taken < piece.length) break;
      this.#pieces.shift();
      this.#taken = 0;
    }
    this.#waitingCount = Math.max(0, this.#waitingCount - filled);
    return packet;
  }

  #makeRoomKnown(): void {
    if (this.waitingMs > MAX_WAITING_MS) return;
    for (const resolve of this.#waitingForRoom.splice(0)) resolve();
  }
}

function toInt16(samples: Float32Array): Int16Array {
  return new AudioFrame({ samples, sampleRate: 48_000 }).toInt16();
}
