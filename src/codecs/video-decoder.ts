import { FastRtcError, invariant } from "../errors.ts";
import type { EncodedVideoFrame, PictureColors, VideoCodec } from "../media/encoded-video-frame.ts";
import type { FramePool } from "../media/frame-pool.ts";
import { VideoFrame } from "../media/video-frame.ts";
import {
  checkReturn,
  type CodecContext,
  type Ffmpeg,
  loadFfmpeg,
  type NativeFrame,
  type NativePacket,
} from "./ffmpeg.ts";
import { I420Converter } from "./i420-converter.ts";
import { readPicture } from "./native-picture.ts";

export interface VideoDecoderOptions {
  codec: VideoCodec;
  /** Where the decoded pictures' memory comes from. */
  pool: FramePool;
}

export interface DecodedVideo {
  /** The pictures that came out, each on a lease of its own. Usually one. */
  readonly frames: VideoFrame[];
  /** Whether decoding stands still until a keyframe comes: ask the sender for one. */
  readonly keyframeNeeded: boolean;
}

/** Larger pictures count as broken, because a forged header could otherwise ask for gigabytes. */
const MAX_PIXELS = 4096 * 2304;
/** So many units in a row may yield no picture before the stream counts as broken; reordering encoders hold back two. */
const MAX_SILENT_UNITS = 4;

const NOTHING: DecodedVideo = { frames: [], keyframeNeeded: false };
const KEYFRAME_NEEDED: DecodedVideo = { frames: [], keyframeNeeded: true };

/**
 * Turns compressed pictures into frames, off the main thread. Only whole pictures come out: once a picture
 * is broken or its reference is missing, everything up to the next keyframe is dropped and
 * `keyframeNeeded` is true, so that a viewer sees a short standstill instead of smeared blocks.
 * Pictures of other layouts than I420 in limited range are converted. How colours are to be read is told by an H.264 stream itself, or else by
 * what came beside the picture; BT.601 is what senders mean that say nothing.
 */
export class VideoDecoder implements AsyncDisposable {
  readonly #ffmpeg: Ffmpeg;
  readonly #codec: VideoCodec;
  readonly #pool: FramePool;
  readonly #packet: NativePacket;
  readonly #picture: NativeFrame;
  readonly #converter: I420Converter;
  #context: CodecContext;
  #sending: Promise<number> | undefined;
  #waitsForKeyframe = true;
  #failed = false;
  #silentUnits = 0;
  #closing: Promise<void> | undefined;

  private constructor(ffmpeg: Ffmpeg, { codec, pool }: VideoDecoderOptions) {
    this.#ffmpeg = ffmpeg;
    this.#codec = codec;
    this.#pool = pool;
    this.#context = openDecoder(ffmpeg, codec);
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
    this.#picture = new ffmpeg.lib.Frame();
    this.#picture.alloc();
    this.#converter = new I420Converter(ffmpeg);
  }

  /** @throws {FastRtcError} `unsupported_codec`, or `codec_failed` when the native library is missing. */
  static async create(options: VideoDecoderOptions): Promise<VideoDecoder> {
    if (options.codec !== "H264" && options.codec !== "VP8") {
      throw new FastRtcError(
        "unsupported_codec",
        `Video can be decoded from H264 or VP8, not from ${String(options.codec)}.`,
      );
    }
    return new VideoDecoder(await loadFfmpeg(), options);
  }

  /**
   * Decodes one compressed picture; one call at a time. Whatever the bytes are, it neither throws nor crashes.
   * After `close` nothing comes out any more.
   */
  async decode(unit: EncodedVideoFrame): Promise<DecodedVideo> {
    invariant(!this.#sending, "a video decoder takes one picture at a time");
    if (this.#closing) return NOTHING;
    // A packet without bytes would tell FFmpeg that the stream is over.
    if (unit.data.byteLength === 0) return this.#fail();
    if (this.#waitsForKeyframe) {
      if (!unit.keyframe) return KEYFRAME_NEEDED;
      this.#waitsForKeyframe = false;
      if (this.#failed) this.#reopen();
    }
    this.#packet.data = Buffer.from(unit.data.buffer, unit.data.byteOffset, unit.data.byteLength);
    this.#packet.pts = BigInt(Math.round(unit.timestampUs));
    this.#sending = this.#context.sendPacket(this.#packet);
    const sent = await this.#sending;
    this.#sending = undefined;
    if (this.#closing) return NOTHING;
    return sent < 0 ? this.#fail() : this.#receive(unit.colors);
  }

  /** Frees the native memory once the call under way is over. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#free();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #receive(told: PictureColors | undefined): DecodedVideo {
    const frames: VideoFrame[] = [];
    let received = this.#context.receiveFrameSync(this.#picture);
    while (received >= 0 && !this.#isBroken(this.#picture)) {
      frames.push(this.#take(told));
      received = this.#context.receiveFrameSync(this.#picture);
    }
    this.#silentUnits = frames.length > 0 ? 0 : this.#silentUnits + 1;
    if (received === this.#ffmpeg.eagain && this.#silentUnits < MAX_SILENT_UNITS) {
      return { frames, keyframeNeeded: false };
    }
    this.#picture.unref();
    return { frames, keyframeNeeded: this.#fail().keyframeNeeded };
  }

  /** Whether FFmpeg guessed at parts of the picture. */
  #isBroken(picture: NativeFrame): boolean {
    return picture.decodeErrorFlags !== 0 || picture.hasFlags(this.#ffmpeg.constants.AV_FRAME_FLAG_CORRUPT);
  }

  #take(told: PictureColors | undefined): VideoFrame {
    const { AVCOL_SPC_BT709, AVCOL_SPC_UNSPECIFIED } = this.#ffmpeg.constants;
    const said = this.#picture.colorSpace;
    // FFmpeg takes every VP8 picture for BT.601, because its header has no word for anything else.
    const isSilent = this.#codec === "VP8" || said === AVCOL_SPC_UNSPECIFIED;
    const colorSpace = isSilent && told ? told.colorSpace : said === AVCOL_SPC_BT709 ? "bt709" : "bt601";
    const isFullRange = isSilent && told?.isFullRange === true;
    const picture = this.#converter.convert(this.#picture, { isFullRange });
    const frame = VideoFrame.allocate(picture.width, picture.height, {
      lease: this.#pool.lease(),
      timestampUs: Number(picture.pts),
      colorSpace,
    });
    readPicture(this.#ffmpeg, picture, frame);
    this.#picture.unref();
    return frame;
  }

  #fail(): DecodedVideo {
    this.#waitsForKeyframe = true;
    this.#failed = true;
    return KEYFRAME_NEEDED;
  }

  /** Starts from nothing: forged parameters, such as a long output delay, would survive a mere flush. */
  #reopen(): void {
    this.#context.freeContext();
    this.#context = openDecoder(this.#ffmpeg, this.#codec);
    this.#failed = false;
    this.#silentUnits = 0;
  }

  async #free(): Promise<void> {
    // Freeing a context that a thread is working on would crash the process.
    await this.#sending;
    this.#context.freeContext();
    this.#packet.free();
    this.#picture.free();
    this.#converter.close();
  }
}

function openDecoder(ffmpeg: Ffmpeg, codec: VideoCodec): CodecContext {
  const { lib, constants } = ffmpeg;
  // FFmpeg's own VP8 decoder measured 15 % cheaper than libvpx's.
  const decoder = lib.Codec.findDecoderByName(codec === "H264" ? constants.FF_DECODER_H264 : constants.FF_DECODER_VP8);
  invariant(decoder, `this build of FFmpeg decodes ${codec}`);
  const context = new lib.CodecContext();
  context.allocContext3(decoder);
  context.threadCount = 1;
  context.setFlags(constants.AV_CODEC_FLAG_LOW_DELAY);
  checkReturn(ffmpeg, context.setOption("max_pixels", MAX_PIXELS), "limit the picture's size");
  checkReturn(ffmpeg, context.open2Sync(decoder, null), `open the ${codec} decoder`);
  return context;
}
