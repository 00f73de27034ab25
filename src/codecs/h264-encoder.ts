import { invariant } from "../errors.ts";
import { type CodecContext, checkReturn, type Ffmpeg, type NativeFrame } from "./ffmpeg.ts";
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
}

/**
 * x264 for real time: constrained baseline, one slice, no reordering and no look-ahead. The deblocking filter, which
 * the `ultrafast` preset leaves out, stays on: it costs 4 ms per second of 640x480 and is worth 0.5 to 1.5 dB.
 */
export class H264Encoder implements NativeVideoEncoder {
  readonly context: CodecContext;
  #pictureCount = 0;

  constructor(ffmpeg: Ffmpeg, { width, height }: PictureSize, rate: EncodingRate, options: H264EncoderOptions = {}) {
    const { lib, constants } = ffmpeg;
    const encoder = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBX264);
    invariant(encoder, "this build of FFmpeg encodes H.264");
    this.context = new lib.CodecContext();
    this.context.allocContext3(encoder);
    this.context.width = width;
    this.context.height = height;
    this.context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
    this.context.timeBase = new lib.Rational(1, PLANNED_FRAME_RATE);
    this.context.framerate = new lib.Rational(PLANNED_FRAME_RATE, 1);
    this.context.threadCount = 1;
    this.context.gopSize = NEVER;
    this.context.maxBFrames = 0;
    this.context.qMin = FINEST_QUANTISER;
    this.#setBitrate(plannedBitrate(rate));
    const settings: Record<string, string | number> = {
      preset: "ultrafast",
      tune: "zerolatency",
      profile: "baseline",
      "forced-idr": 1,
      "x264-params": "no-deblock=0",
    };
    if (options.maxSliceBytes !== undefined) settings["slice-max-size"] = options.maxSliceBytes;
    for (const [name, value] of Object.entries(settings)) {
      checkReturn(ffmpeg, this.context.setOption(name, value), `set x264's ${name}`);
    }
    const opened = this.context.open2Sync(encoder, null);
    if (opened < 0) this.context.freeContext();
    checkReturn(ffmpeg, opened, `open the H.264 encoder for ${width}x${height}`);
  }

  /** x264 follows any change at once. */
  reaches(): boolean {
    return true;
  }

  aim(picture: NativeFrame, rate: EncodingRate): void {
    const bitrate = plannedBitrate(rate);
    if (BigInt(bitrate) !== this.context.bitRate) this.#setBitrate(bitrate);
    picture.pts = BigInt(this.#pictureCount++);
  }

  #setBitrate(bitrate: number): void {
    this.context.bitRate = BigInt(bitrate);
    this.context.rcMaxRate = BigInt(bitrate);
    this.context.rcBufferSize = Math.round(bitrate * BUFFER_SECONDS);
  }
}

/** What to ask of an encoder that believes in the planned frame rate, so that pictures at the true rate add up. */
function plannedBitrate({ bitrate, frameRate }: EncodingRate): number {
  return Math.round((bitrate * PLANNED_FRAME_RATE) / frameRate);
}
