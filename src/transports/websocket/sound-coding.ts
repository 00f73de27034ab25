import { BoundedQueue } from "../../async/bounded-queue.ts";
import { OpusDecoder } from "../../codecs/opus-decoder.ts";
import { OpusEncoder } from "../../codecs/opus-encoder.ts";
import { invariant, toError } from "../../errors.ts";
import { decodeMuLaw, encodeMuLaw } from "../../media/g711.ts";
import type { InvalidMessage } from "../../protocol/event-message.ts";
import { encodePcm16, parseAudioPayload } from "../../protocol/websocket/audio-payload.ts";

/** How sound is written on one socket, both ways: 16-bit samples, interleaved, to and from the bytes of a message. */
export interface SoundCoding {
  /** Says where the bytes go, in order, and who is told when a packet could not be made. */
  listen(listener: SoundListener): void;
  /** Reads the sound of one message, whatever its bytes. */
  decode(payload: Uint8Array): Int16Array | InvalidMessage;
  /** Takes one packet's samples. */
  encode(samples: Int16Array): void;
  /** Drops what was taken and has not come out. */
  clear(): void;
  /** Frees what it holds. Harmless when repeated. */
  close(): Promise<void>;
}

export interface SoundListener {
  /** The bytes are the listener's until it returns. */
  encoded(payload: Uint8Array): void;
  failure(error: Error): void;
}

/** Opus has one rate inside, whatever rate its packets are decoded to. */
export const OPUS_RATE = 48_000;
/** How many packets wait for a busy encoder, 200 ms; the oldest go first. */
const MAX_WAITING_PACKETS = 10;

/** Room for a packet of mu-law on its way to becoming base64: 20 ms of stereo at 48 kHz. */
const scratch = new Uint8Array(1920);

/** Mu-law or bare samples: read and written at once. */
export class PlainCoding implements SoundCoding {
  readonly #encoding: "mulaw" | "pcm16";
  readonly #channels: 1 | 2;
  #listener: SoundListener | undefined;

  constructor({ encoding, channels }: { encoding: "mulaw" | "pcm16"; channels: 1 | 2 }) {
    this.#encoding = encoding;
    this.#channels = channels;
  }

  listen(listener: SoundListener): void {
    this.#listener = listener;
  }

  decode(payload: Uint8Array): Int16Array | InvalidMessage {
    const audio = parseAudioPayload(payload, { encoding: this.#encoding, channels: this.#channels });
    if (audio.type === "mulaw") return decodeMuLaw(audio.bytes);
    if (audio.type === "pcm16") return audio.samples;
    invariant(audio.type === "invalid", "what is not Opus is read as samples");
    return audio;
  }

  encode(samples: Int16Array): void {
    if (this.#encoding === "pcm16") this.#listener?.encoded(encodePcm16(samples));
    else this.#listener?.encoded(encodeMuLaw(samples, samples.length <= scratch.length ? scratch : undefined));
  }

  clear(): void {}

  async close(): Promise<void> {}
}

/** Opus: decoded at once, encoded off the main thread. */
export class OpusCoding implements SoundCoding {
  readonly #encoder: OpusEncoder;
  readonly #decoder: OpusDecoder;
  readonly #channels: 1 | 2;
  readonly #waiting = new BoundedQueue<Int16Array>({ capacity: MAX_WAITING_PACKETS, overflow: "drop-oldest" });
  readonly #encoding: Promise<void>;
  #listener: SoundListener | undefined;

  private constructor(encoder: OpusEncoder, decoder: OpusDecoder, channels: 1 | 2) {
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#channels = channels;
    this.#encoding = this.#encodeAll();
  }

  /** @throws {FastRtcError} `codec_failed` when the native library is missing. */
  static async open({ channels }: { channels: 1 | 2 }): Promise<OpusCoding> {
    const decoder = await OpusDecoder.create({ channels });
    try {
      return new OpusCoding(await OpusEncoder.create({ channels }), decoder, channels);
    } catch (error) {
      await decoder.close();
      throw error;
    }
  }

  listen(listener: SoundListener): void {
    this.#listener = listener;
  }

  decode(payload: Uint8Array): Int16Array | InvalidMessage {
    const audio = parseAudioPayload(payload, { encoding: "opus", channels: this.#channels });
    if (audio.type === "opus") return this.#decoder.decode(audio.packet);
    invariant(audio.type === "invalid", "Opus is read as packets");
    return audio;
  }

  encode(samples: Int16Array): void {
    this.#waiting.push(samples);
  }

  clear(): void {
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    this.#waiting.end();
    await this.#encoding;
    await Promise.all([this.#encoder.close(), this.#decoder.close()]);
  }

  async #encodeAll(): Promise<void> {
    for await (const samples of this.#waiting) {
      try {
        const packet = await this.#encoder.encode(samples);
        if (packet) this.#listener?.encoded(packet);
      } catch (thrown) {
        this.#listener?.failure(toError(thrown)); // One packet is lost; the next one may do.
      }
    }
  }
}
