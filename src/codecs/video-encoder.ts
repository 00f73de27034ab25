import { FastRtcError, invariant } from "../errors.ts";
import type { EncodedVideoFrame, VideoCodec } from "../media/encoded-video-frame.ts";
import type { ColorSpace } from "../media/i420.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { checkReturn, type Ffmpeg, loadFfmpeg, type NativeFrame, type NativePacket } from "./ffmpeg.ts";
import { FrameRateMeter } from "./frame-rate-meter.ts";
import { H264Encoder } from "./h264-encoder.ts";
import { writePicture } from "./native-picture.ts";
import type { EncodingRate, NativeVideoEncoder, PictureSize } from "./native-video-encoder.ts";
import { Vp8Encoder } from "./vp8-encoder.ts";

export interface VideoEncoderOptions {
  codec: VideoCodec;
  /** Bits per second to aim at, at least 1000. Easy pictures take less. */
  bitrate: number;
  /** Frames per second to expect until their timestamps have shown the true rate. @default 30 */
  frameRate?: number | undefined;
  /**
   * H.264 only: no slice becomes longer than this many bytes, which packetization-mode 0 needs, where every slice
   * travels in one packet. Without it a picture is one slice.
   */
  maxSliceBytes?: number | undefined;
}

export interface EncodeOptions {
  /** Makes this picture one that decoding can begin with. @default false */
  keyframe?: boolean;
}

/** Below this neither encoder has a meaningful rate control. */
const LOWEST_BITRATE = 1000;

/**
 * Compresses frames for real time, off the main thread: no look-ahead, no reordering, one picture in, one out.
 * Keyframes come where asked for, at the beginning and after a change of size; VP8 also makes one when the
 * bitrate has moved eightfold. Frames may have any size; H.264 has only even sides, so there an odd picture
 * gets its last column or row twice and arrives one pixel larger. Rotation is not applied: it travels beside the picture.
 */
export class VideoEncoder implements AsyncDisposable {
  readonly #ffmpeg: Ffmpeg;
  readonly #options: VideoEncoderOptions;
  readonly #frameRate: FrameRateMeter;
  readonly #packet: NativePacket;
  #encoder: NativeVideoEncoder | undefined;
  #picture: NativeFrame | undefined;
  #bitrate: number;
  #colorSpace: ColorSpace = "bt601";
  #working: Promise<EncodedVideoFrame> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(ffmpeg: Ffmpeg, options: VideoEncoderOptions) {
    this.#ffmpeg = ffmpeg;
    this.#options = options;
    this.#frameRate = new FrameRateMeter(options.frameRate ?? 30);
    this.#bitrate = wholeBitrate(options.bitrate);
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
  }

  /** @throws {FastRtcError} `unsupported_codec`, or `codec_failed` when the native library is missing. */
  static async create(options: VideoEncoderOptions): Promise<VideoEncoder> {
    if (options.codec !== "H264" && options.codec !== "VP8") {
      throw new FastRtcError(
        "unsupported_codec",
        `Video can be encoded as H264 or VP8, not as ${String(options.codec)}.`,
      );
    }
    return new VideoEncoder(await loadFfmpeg(), options);
  }

  /**
   * Compresses one frame; one call at a time. The pixels are copied before the promise is returned, so that
   * the frame may be released at once. `undefined` when the encoder has been closed.
   *
   * @throws {FastRtcError} `codec_failed` when the native encoder fails. The next call starts anew, with a keyframe.
   */
  async encode(frame: VideoFrame, { keyframe = false }: EncodeOptions = {}): Promise<EncodedVideoFrame | undefined> {
    invariant(!this.#working, "a video encoder takes one frame at a time");
    if (this.#closing) return undefined;
    const picture = this.#fitPicture(frame);
    if (frame.colorSpace !== this.#colorSpace) {
      this.#colorSpace = frame.colorSpace;
      this.#discardEncoder(); // H.264 says it in its parameter sets, with which every stream begins.
    }
    writePicture(this.#ffmpeg, frame, picture);
    this.#working = this.#compress(picture, frame.timestampUs, keyframe);
    try {
      const unit = await this.#working;
      return this.#closing ? undefined : unit;
    } finally {
      this.#working = undefined;
    }
  }

  /** Aims at another bitrate, in bits per second, from the next frame on. */
  setBitrate(bitrate: number): void {
    this.#bitrate = wholeBitrate(bitrate);
  }

  /** Frees the native memory once the call under way is over. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#free();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The native picture to fill: the one of the last frame, unless the size has changed. */
  #fitPicture(frame: VideoFrame): NativeFrame {
    const alignment = this.#options.codec === "H264" ? 2 : 1;
    const width = roundUp(frame.width, alignment);
    const height = roundUp(frame.height, alignment);
    if (this.#picture?.width === width && this.#picture.height === height) {
      checkReturn(this.#ffmpeg, this.#picture.makeWritable(), "reuse a picture");
      return this.#picture;
    }
    this.#discardEncoder();
    this.#discardPicture();
    const { lib, constants } = this.#ffmpeg;
    const picture = new lib.Frame();
    picture.alloc();
    picture.format = constants.AV_PIX_FMT_YUV420P;
    picture.width = width;
    picture.height = height;
    checkReturn(this.#ffmpeg, picture.getBuffer(), `allocate a picture of ${width}x${height}`);
    this.#picture = picture;
    return picture;
  }

  async #compress(
    picture: NativeFrame,
    timestampUs: number | undefined,
    keyframe: boolean,
  ): Promise<EncodedVideoFrame> {
    const { constants } = this.#ffmpeg;
    const rate = { bitrate: this.#bitrate, frameRate: this.#frameRate.measure(timestampUs) };
    if (this.#encoder && !this.#encoder.reaches(rate, keyframe)) this.#discardEncoder();
    this.#encoder ??= await this.#open(picture, rate);
    this.#encoder.aim(picture, rate);
    picture.pictType = keyframe ? constants.AV_PICTURE_TYPE_I : constants.AV_PICTURE_TYPE_NONE;
    const { context } = this.#encoder;
    const sent = await context.sendFrame(picture);
    const received = sent < 0 ? sent : context.receivePacketSync(this.#packet);
    if (received < 0) this.#discardEncoder();
    checkReturn(this.#ffmpeg, received, `encode a picture as ${this.#options.codec}`);
    return this.#takePacket(timestampUs ?? 0);
  }

  #open(size: PictureSize, rate: EncodingRate): Promise<NativeVideoEncoder> {
    if (this.#options.codec === "VP8") return Vp8Encoder.open(this.#ffmpeg, size, rate);
    return H264Encoder.open(this.#ffmpeg, size, rate, {
      maxSliceBytes: this.#options.maxSliceBytes,
      colorSpace: this.#colorSpace,
    });
  }

  #takePacket(timestampUs: number): EncodedVideoFrame {
    invariant(this.#packet.data, "an encoded picture has bytes");
    const data = new Uint8Array(this.#packet.data);
    const keyframe = this.#packet.isKeyframe;
    this.#packet.unref();
    return { data, keyframe, timestampUs, colors: { colorSpace: this.#colorSpace, isFullRange: false } };
  }

  async #free(): Promise<void> {
    // Freeing a context that a thread is working on would crash the process.
    await Promise.allSettled([this.#working]);
    this.#discardEncoder();
    this.#discardPicture();
    this.#packet.free();
  }

  #discardEncoder(): void {
    this.#encoder?.context.freeContext();
    this.#encoder = undefined;
  }

  #discardPicture(): void {
    this.#picture?.free();
    this.#picture = undefined;
  }
}

function wholeBitrate(bitrate: number): number {
  return Math.max(Math.round(bitrate), LOWEST_BITRATE);
}

function roundUp(length: number, alignment: number): number {
  return Math.ceil(length / alignment) * alignment;
}
