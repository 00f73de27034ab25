import { FastRtcError, invariant } from "../errors.ts";
import type { EncodedVideoFrame, VideoCodec } from "../media/encoded-video-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { checkReturn, type Ffmpeg, loadFfmpeg } from "./ffmpeg.ts";
import { writePicture } from "./native-picture.ts";

type CodecContext = InstanceType<Ffmpeg["lib"]["CodecContext"]>;
type NativeFrame = InstanceType<Ffmpeg["lib"]["Frame"]>;
type NativePacket = InstanceType<Ffmpeg["lib"]["Packet"]>;

export interface VideoEncoderOptions {
  codec: VideoCodec;
  /** Bits per second to aim at. */
  bitrate: number;
  /** Frames per second to plan the bits for. @default 30 */
  maxFrameRate?: number;
  /**
   * H.264 only: no slice becomes longer than this many bytes, which is what packetization-mode 0
   * needs, where every slice travels in one packet. Without it a picture is one slice.
   */
  maxSliceBytes?: number;
}

export interface EncodeOptions {
  /** Makes this picture one that decoding can begin with. @default false */
  keyframe?: boolean;
}

const MICROSECONDS_PER_SECOND = 1_000_000;
/** Longest stretch, in seconds, over which the bitrate may be exceeded: a keyframe costs that much delay at most. */
const BUFFER_SECONDS = 0.5;

/**
 * Compresses frames for real time, off the main thread: no look-ahead, no reordering, one picture in, one out,
 * keyframes only where asked for, at the beginning and after a change of size.
 */
export class VideoEncoder implements AsyncDisposable {
  readonly #ffmpeg: Ffmpeg;
  readonly #options: VideoEncoderOptions;
  readonly #packet: NativePacket;
  #context: CodecContext | undefined;
  #picture: NativeFrame | undefined;
  #bitrate: number;
  #lastPts = -1;
  #pending: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(ffmpeg: Ffmpeg, options: VideoEncoderOptions) {
    this.#ffmpeg = ffmpeg;
    this.#options = options;
    this.#bitrate = Math.round(options.bitrate);
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
  }

  /** @throws {FastRtcError} `codec_failed` when the native library is missing. */
  static async create(options: VideoEncoderOptions): Promise<VideoEncoder> {
    return new VideoEncoder(await loadFfmpeg(), options);
  }

  /**
   * Compresses one frame; one call at a time. The frame's pixels are copied before the promise is returned,
   * so that it may be released at once. `undefined` when the encoder was closed meanwhile.
   *
   * @throws {FastRtcError} `codec_failed` when the native encoder fails. The next call begins anew, with a keyframe.
   */
  async encode(frame: VideoFrame, { keyframe = false }: EncodeOptions = {}): Promise<EncodedVideoFrame | undefined> {
    invariant(!this.#pending, "a video encoder takes one frame at a time");
    if (this.#closing) return undefined;
    const { constants } = this.#ffmpeg;
    const picture = this.#fitPicture(frame);
    writePicture(frame, picture);
    const context = (this.#context ??= this.#open(picture.width, picture.height));
    const timestampUs = frame.timestampUs ?? this.#lastPts + 1;
    this.#lastPts = Math.max(this.#lastPts + 1, Math.round(timestampUs));
    picture.pts = BigInt(this.#lastPts);
    picture.pictType = keyframe ? constants.AV_PICTURE_TYPE_I : constants.AV_PICTURE_TYPE_NONE;
    if (this.#bitrate !== Number(context.bitRate)) this.#applyBitrate(context);
    const sent = await this.#send(context, picture);
    if (this.#closing) return undefined;
    return this.#receive(context, sent, timestampUs);
  }

  /** Aims at another bitrate, in bits per second, from the next frame on. */
  setBitrate(bitrate: number): void {
    this.#bitrate = Math.round(bitrate);
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
    const { lib, constants } = this.#ffmpeg;
    const width = evenUp(frame.width);
    const height = evenUp(frame.height);
    if (this.#picture?.width === width && this.#picture.height === height) return this.#picture;
    this.#discardContext();
    this.#picture?.free();
    this.#picture = new lib.Frame();
    this.#picture.alloc();
    this.#picture.format = constants.AV_PIX_FMT_YUV420P;
    this.#picture.width = width;
    this.#picture.height = height;
    checkReturn(this.#ffmpeg, this.#picture.getBuffer(0), `allocate a picture of ${width}x${height}`);
    return this.#picture;
  }

  #open(width: number, height: number): CodecContext {
    const { lib, constants } = this.#ffmpeg;
    const { maxFrameRate = 30, maxSliceBytes } = this.#options;
    const encoder = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBX264);
    invariant(encoder, "this build of FFmpeg encodes H.264");
    const context = new lib.CodecContext();
    context.allocContext3(encoder);
    context.width = width;
    context.height = height;
    context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
    context.timeBase = new lib.Rational(1, MICROSECONDS_PER_SECOND);
    context.framerate = new lib.Rational(Math.round(maxFrameRate), 1);
    context.threadCount = 1;
    context.gopSize = 2 ** 30;
    context.maxBFrames = 0;
    this.#applyBitrate(context);
    context.setOption("preset", "ultrafast");
    context.setOption("tune", "zerolatency");
    context.setOption("profile", "baseline");
    context.setOption("forced-idr", 1);
    if (maxSliceBytes !== undefined) context.setOption("slice-max-size", maxSliceBytes);
    checkReturn(this.#ffmpeg, context.open2Sync(encoder, null), `open the H.264 encoder for ${width}x${height}`);
    return context;
  }

  #applyBitrate(context: CodecContext): void {
    context.bitRate = BigInt(this.#bitrate);
    context.rcMaxRate = BigInt(this.#bitrate);
    context.rcBufferSize = Math.round(this.#bitrate * BUFFER_SECONDS);
  }

  async #send(context: CodecContext, picture: NativeFrame): Promise<number> {
    const sending = context.sendFrame(picture);
    this.#pending = sending;
    try {
      return await sending;
    } finally {
      this.#pending = undefined;
    }
  }

  #receive(context: CodecContext, sent: number, timestampUs: number): EncodedVideoFrame {
    const received = sent < 0 ? sent : context.receivePacketSync(this.#packet);
    const data = received < 0 ? null : this.#packet.data;
    if (!data) {
      this.#discardContext();
      checkReturn(this.#ffmpeg, received, "encode a picture");
      throw new FastRtcError("codec_failed", "FFmpeg encoded a picture to nothing.");
    }
    const keyframe = this.#packet.isKeyframe;
    const copy = new Uint8Array(data);
    this.#packet.unref();
    return { data: copy, keyframe, timestampUs };
  }

  async #free(): Promise<void> {
    // Freeing a context that a thread is working on would crash the process.
    await Promise.allSettled([this.#pending]);
    this.#discardContext();
    this.#picture?.free();
    this.#packet.free();
  }

  #discardContext(): void {
    this.#context?.freeContext();
    this.#context = undefined;
  }
}

function evenUp(length: number): number {
  return length + (length % 2);
}
