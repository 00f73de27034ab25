import { FastRtcError, invariant } from "../errors.ts";
import {
  checkReturn,
  type CodecContext,
  type Ffmpeg,
  loadFfmpeg,
  type NativeFrame,
  type NativePacket,
} from "./ffmpeg.ts";
import { openEncoder } from "./native-encoder.ts";

/** Samples per channel in one packet: 20 ms at 48 kHz. */
export const OPUS_PACKET_SAMPLES = 960;

const SAMPLE_RATE = 48_000;
/** Of 10. Half of the highest costs a third less time, and the ear hardly tells them apart at these bitrates. */
const COMPLEXITY = 5;
/** Packets of at most this many bytes only say "still silent" and need not be sent, says libopus of `opus_encode`. */
const SILENT_PACKET_BYTES = 2;

export interface OpusEncoderOptions {
  /** Channels that the samples have. @default 1 */
  channels?: 1 | 2;
  /** Bits per second, 6,000 to 510,000. @default 32000 per channel */
  bitrate?: number;
  /** What to favour: the intelligibility of speech, or likeness to the source, as music needs. @default "speech" */
  content?: "speech" | "music";
  /**
   * Share of packets expected to be lost, in per cent. Above 0 every packet carries a coarse copy of the one before
   * it (in-band forward error correction, at about a fifth more bits), from which the receiver repairs single losses. @default 0
   */
  expectedLossPercent?: number;
  /** Sends nothing while there is silence, but a sign of life every 0.4 s (DTX). @default false */
  discontinuous?: boolean;
}

/**
 * Compresses sound to Opus packets (RFC 6716) of 20 ms, off the main thread. Samples are signed 16 bits,
 * 48 kHz, channels interleaved. What comes out lags 6.5 ms behind what goes in.
 */
export class OpusEncoder implements AsyncDisposable {
  readonly #ffmpeg: Ffmpeg;
  readonly #channels: 1 | 2;
  readonly #discontinuous: boolean;
  readonly #context: CodecContext;
  readonly #packet: NativePacket;
  readonly #sound: NativeFrame;
  #samplesTaken = 0;
  #sending: Promise<number> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    ffmpeg: Ffmpeg,
    context: CodecContext,
    { channels = 1, discontinuous = false }: OpusEncoderOptions,
  ) {
    this.#ffmpeg = ffmpeg;
    this.#channels = channels;
    this.#discontinuous = discontinuous;
    this.#context = context;
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
    this.#sound = new ffmpeg.lib.Frame();
    this.#sound.alloc();
    this.#sound.format = ffmpeg.constants.AV_SAMPLE_FMT_S16;
    this.#sound.nbSamples = OPUS_PACKET_SAMPLES;
    this.#sound.sampleRate = SAMPLE_RATE;
    this.#sound.channelLayout = context.channelLayout;
    checkReturn(ffmpeg, this.#sound.getBuffer(), "allocate 20 ms of sound");
  }

  /** @throws {FastRtcError} `codec_failed` when the native library is missing or refuses the options. */
  static async create(options: OpusEncoderOptions = {}): Promise<OpusEncoder> {
    const ffmpeg = await loadFfmpeg();
    return new OpusEncoder(ffmpeg, await openOpus(ffmpeg, options), options);
  }

  /**
   * Compresses 20 ms: 960 samples per channel; one call at a time. The samples are copied before the promise is returned.
   * `undefined` where nothing needs to be sent: in silence with `discontinuous`, and after `close`.
   *
   * @throws {FastRtcError} `invalid_argument` for another number of samples; `codec_failed` when the encoder fails.
   */
  async encode(samples: Int16Array): Promise<Uint8Array | undefined> {
    if (!this.#take(samples)) return undefined;
    this.#sending = this.#context.sendFrame(this.#sound);
    const sent = await this.#sending;
    this.#sending = undefined;
    return this.#closing ? undefined : this.#give(sent);
  }

  /**
   * The same at once, on this thread: for sound that waits because the threads, or the turns of the event loop that they report to, are
   * too few.
   */
  encodeNow(samples: Int16Array): Uint8Array | undefined {
    return this.#take(samples) ? this.#give(this.#context.sendFrameSync(this.#sound)) : undefined;
  }

  /** Frees the native memory once the call under way is over. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#free();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Copies the samples to where the encoder reads them; false after `close`. */
  #take(samples: Int16Array): boolean {
    invariant(!this.#sending, "an Opus encoder takes one packet's samples at a time");
    if (this.#closing) return false;
    if (samples.length !== OPUS_PACKET_SAMPLES * this.#channels) {
      throw new FastRtcError(
        "invalid_argument",
        `An Opus packet takes ${OPUS_PACKET_SAMPLES} samples for each of ${this.#channels} channels, not ${samples.length} in all.`,
      );
    }
    checkReturn(this.#ffmpeg, this.#sound.makeWritable(), "reuse a sound buffer");
    this.#sound.data?.[0]?.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    this.#sound.pts = BigInt(this.#samplesTaken);
    this.#samplesTaken += OPUS_PACKET_SAMPLES;
    return true;
  }

  #give(sent: number): Uint8Array | undefined {
    checkReturn(this.#ffmpeg, sent, "encode sound as Opus");
    checkReturn(this.#ffmpeg, this.#context.receivePacketSync(this.#packet), "encode sound as Opus");
    const packet = new Uint8Array(this.#packet.data ?? []);
    this.#packet.unref();
    return this.#discontinuous && packet.byteLength <= SILENT_PACKET_BYTES ? undefined : packet;
  }

  async #free(): Promise<void> {
    // Freeing a context that a thread is working on would crash the process.
    await this.#sending;
    this.#context.freeContext();
    this.#packet.free();
    this.#sound.free();
  }
}

async function openOpus(
  ffmpeg: Ffmpeg,
  {
    channels = 1,
    bitrate = 32_000 * channels,
    content = "speech",
    expectedLossPercent = 0,
    discontinuous = false,
  }: OpusEncoderOptions,
): Promise<CodecContext> {
  const { lib, constants } = ffmpeg;
  const encoder = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBOPUS);
  invariant(encoder, "this build of FFmpeg encodes Opus");
  const context = new lib.CodecContext();
  context.allocContext3(encoder);
  context.sampleRate = SAMPLE_RATE;
  context.sampleFormat = constants.AV_SAMPLE_FMT_S16;
  context.channelLayout = channels === 1 ? constants.AV_CHANNEL_LAYOUT_MONO : constants.AV_CHANNEL_LAYOUT_STEREO;
  context.timeBase = new lib.Rational(1, SAMPLE_RATE);
  context.bitRate = BigInt(Math.round(bitrate));
  await openEncoder(ffmpeg, context, encoder, {
    application: content === "speech" ? "voip" : "audio",
    frame_duration: 20,
    compression_level: COMPLEXITY,
    fec: expectedLossPercent > 0 ? 1 : 0,
    packet_loss: Math.round(expectedLossPercent),
    dtx: discontinuous ? 1 : 0,
  });
  return context;
}
