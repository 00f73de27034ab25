import { invariant } from "../errors.ts";
import type { ColorSpace } from "../media/i420.ts";
import type { CodecContext, Ffmpeg, NativeFrame } from "./ffmpeg.ts";
import { openEncoder } from "./native-encoder.ts";
import type { EncodingRate, NativeVideoEncoder, PictureSize } from "./native-video-encoder.ts";

/** The rate that x264 is told, once and for all; other rates are had by scaling the bitrate. */
const PLANNED_FRAME_RATE = 30;
/** How long, in seconds, a keyframe may occupy the line: shorter makes it blurred, longer makes it late. */
const BUFFER_SECONDS = 0.25;
/**
 * Finest quantiser, of 51. Finer ones spend two thirds of the bits, and a third of the processor time,
 * on the camera's noise.
 */
const FINEST_QUANTISER = 22;
/** The longest distance between keyframes that x264 knows, which it takes as "never". */
const NEVER = 2 ** 30;

export interface H264EncoderOptions {
  /** No slice becomes longer than this many bytes. */
  maxSliceBytes?: number | undefined;
  /** What viewers are told about the colours; those that are told nothing guess differently. @default "bt601" */
  colorSpace?: ColorSpace;
}

/**
 * x264 for real time: constrained baseline, one slice, no reordering and no look-ahead. The deblocking filter, which
 * the `ultrafast` preset leaves out, stays on: it costs 4 ms per second of 640x480 and is worth 0.5 to 1.5 dB.
 */
export class H264Encoder implements NativeVideoEncoder {
  readonly context: CodecContext;
  #pictureCount = 0;

  private constructor(context: CodecContext) {
    this.context = context;
  }

  /** Opens x264, off the main thread because that takes some milliseconds. */
  static async open(
    ffmpeg: Ffmpeg,
    { width, height }: PictureSize,
    rate: EncodingRate,
    { maxSliceBytes, colorSpace = "bt601" }: H264EncoderOptions = {},
  ): Promise<H264Encoder> {
    const { lib, constants } = ffmpeg;
    const encoder = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBX264);
    invariant(encoder, "this build of FFmpeg encodes H.264");
    const context = new lib.CodecContext();
    context.allocContext3(encoder);
    context.width = width;
    context.height = height;
    context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
    context.timeBase = new lib.Rational(1, PLANNED_FRAME_RATE);
    context.framerate = new lib.Rational(PLANNED_FRAME_RATE, 1);
    context.threadCount = 1;
    context.gopSize = NEVER;
    context.maxBFrames = 0;
    const isBt709 = colorSpace === "bt709";
    context.colorRange = constants.AVCOL_RANGE_MPEG;
    context.colorSpace = isBt709 ? constants.AVCOL_SPC_BT709 : constants.AVCOL_SPC_SMPTE170M;
    context.colorPrimaries = isBt709 ? constants.AVCOL_PRI_BT709 : constants.AVCOL_PRI_SMPTE170M;
    context.colorTrc = isBt709 ? constants.AVCOL_TRC_BT709 : constants.AVCOL_TRC_SMPTE170M;
    context.qMin = FINEST_QUANTISER;
    setBitrate(context, plannedBitrate(rate));
    await openEncoder(ffmpeg, context, encoder, {
      preset: "ultrafast",
      tune: "zerolatency",
      profile: "baseline",
      "forced-idr": 1,
      "x264-params": "no-deblock=0",
      ...(maxSliceBytes === undefined ? {} : { "slice-max-size": maxSliceBytes }),
    });
    return new H264Encoder(context);
  }

  /** x264 follows any change at once. */
  reaches(): boolean {
    return true;
  }

  aim(picture: NativeFrame, rate: EncodingRate): void {
    const bitrate = plannedBitrate(rate);
    if (BigInt(bitrate) !== this.context.bitRate) setBitrate(this.context, bitrate);
    picture.pts = BigInt(this.#pictureCount++);
  }
}

function setBitrate(context: CodecContext, bitrate: number): void {
  context.bitRate = BigInt(bitrate);
  context.rcMaxRate = BigInt(bitrate);
  context.rcBufferSize = Math.round(bitrate * BUFFER_SECONDS);
}

/** What to ask of an encoder that believes in the planned frame rate, so that pictures at the true rate add up. */
function plannedBitrate({ bitrate, frameRate }: EncodingRate): number {
  return Math.round((bitrate * PLANNED_FRAME_RATE) / frameRate);
}
