import { invariant } from "../errors.ts";
import {
  checkReturn,
  type CodecContext,
  type Ffmpeg,
  loadFfmpeg,
  type NativeFrame,
  type NativePacket,
} from "./ffmpeg.ts";

const SAMPLE_RATE = 48_000;
/** How much silence stands in for a packet that is lost before the first one came. 20 ms. */
const UNKNOWN_LENGTH = 960;

export interface OpusDecoderOptions {
  /** Channels to put out: Opus mixes by itself when the sender uses another number. @default 2 */
  channels?: 1 | 2;
}

/**
 * Turns Opus packets (RFC 6716) into samples: signed 16 bits, 48 kHz, channels interleaved. What cannot be decoded is
 * concealed, so that every packet and every loss yields sound of the right length. Decoding takes
 * 0.04 ms, less than a change of threads would, so it is synchronous.
 *
 * In-band forward error correction is not used: FFmpeg has no call for it. A lost packet is concealed instead.
 */
export class OpusDecoder implements AsyncDisposable {
  readonly #channels: 1 | 2;
  readonly #context: CodecContext;
  readonly #packet: NativePacket;
  readonly #sound: NativeFrame;
  /** A packet as long as the last good one, with frames of no bytes, which Opus decodes by guessing. */
  #lostPacket: Buffer | undefined;
  #closed = false;

  private constructor(ffmpeg: Ffmpeg, { channels = 2 }: OpusDecoderOptions) {
    this.#channels = channels;
    this.#context = openDecoder(ffmpeg, channels);
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
    this.#sound = new ffmpeg.lib.Frame();
    this.#sound.alloc();
  }

  /** @throws {FastRtcError} `codec_failed` when the native library is missing. */
  static async create(options: OpusDecoderOptions = {}): Promise<OpusDecoder> {
    return new OpusDecoder(await loadFfmpeg(), options);
  }

  /** Decodes one packet of 2.5 to 120 ms. Whatever the bytes are, it neither throws nor crashes: garbage counts as lost. */
  decode(packet: Uint8Array): Int16Array {
    const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
    const samples = this.#run(bytes);
    if (!samples) return this.conceal();
    this.#lostPacket = emptyPacketLike(bytes);
    return samples;
  }

  /**
   * Sound in place of a packet that did not come, as long as the one before it: the voice goes on for a moment and
   * fades. Silence when nothing has come yet or the decoder is closed.
   */
  conceal(): Int16Array {
    const concealed = this.#lostPacket && this.#run(this.#lostPacket);
    return concealed ?? new Int16Array(UNKNOWN_LENGTH * this.#channels);
  }

  /** Frees the native memory. Harmless when repeated. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.freeContext();
    this.#packet.free();
    this.#sound.free();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run(bytes: Buffer): Int16Array | undefined {
    if (this.#closed || bytes.byteLength === 0) return undefined;
    this.#packet.data = bytes;
    if (this.#context.sendPacketSync(this.#packet) < 0) return undefined;
    if (this.#context.receiveFrameSync(this.#sound) < 0) return undefined;
    const [interleaved] = this.#sound.data ?? [];
    invariant(interleaved, "decoded sound has samples");
    const samples = new Int16Array(this.#sound.nbSamples * this.#channels);
    new Uint8Array(samples.buffer).set(interleaved.subarray(0, samples.byteLength));
    this.#sound.unref();
    return samples;
  }
}

function openDecoder(ffmpeg: Ffmpeg, channels: 1 | 2): CodecContext {
  const { lib, constants } = ffmpeg;
  // Not FFmpeg's own Opus decoder, which falls silent where libopus conceals.
  const decoder = lib.Codec.findDecoderByName(constants.FF_DECODER_LIBOPUS);
  invariant(decoder, "this build of FFmpeg decodes Opus");
  const context = new lib.CodecContext();
  context.allocContext3(decoder);
  context.sampleRate = SAMPLE_RATE;
  context.channelLayout = channels === 1 ? constants.AV_CHANNEL_LAYOUT_MONO : constants.AV_CHANNEL_LAYOUT_STEREO;
  checkReturn(ffmpeg, context.setOption("request_sample_fmt", "s16"), "ask for 16-bit samples");
  checkReturn(ffmpeg, context.open2Sync(decoder, null), "open the Opus decoder");
  return context;
}

/** RFC 6716 section 3.2: the same coding mode, duration and number of frames, each of zero bytes. */
function emptyPacketLike(packet: Buffer): Buffer {
  const [toc = 0, count = 0] = packet;
  const framesCode = toc & 3;
  if (framesCode < 2) return Buffer.of(toc);
  // Two frames of different lengths (code 2) and any number of frames (code 3) become a count of equal frames (code 3).
  return Buffer.of(toc | 3, framesCode === 2 ? 2 : count & 63);
}
