import { invariant } from "../errors.ts";
import type { CodecContext, Ffmpeg, NativeFrame } from "./ffmpeg.ts";
import { openEncoder } from "./native-encoder.ts";
import type { EncodingRate, NativeVideoEncoder, PictureSize } from "./native-video-encoder.ts";

const MICROSECONDS_PER_SECOND = 1_000_000;
/** How far, as a factor up or down, the bitrate may leave the one that the encoder was opened with. */
const REACH = 8;
/** The same for a picture that becomes a keyframe anyhow, where opening anew costs the viewer nothing. */
const REACH_AT_KEYFRAME = 1.25;
const BUFFER_SECONDS = 0.6;
/** Quantisers, of 63. Finer ones than 16 spend their bits on the camera's noise. */
const FINEST_QUANTISER = 16;
const COARSEST_QUANTISER = 56;
/** Effectively no keyframe that was not asked for. */
const NEVER = 2 ** 30;

/**
 * libvpx for real time. FFmpeg opens it with one bitrate and passes no change on, but libvpx gives every picture
 * `bitrate x interval` bits and takes the interval from the timestamps. So the timestamps run slower or
 * faster than the truth, by as much as the bitrate wanted is below or above the opened one, and the encoder
 * follows from the very next picture without a keyframe. Nobody else sees those timestamps.
 */
export class Vp8Encoder implements NativeVideoEncoder {
  readonly context: CodecContext;
  readonly #openedBitrate: number;
  #virtualTimeUs = 0;

  private constructor(context: CodecContext, openedBitrate: number) {
    this.context = context;
    this.#openedBitrate = openedBitrate;
  }

  /** Opens libvpx, off the main thread because that takes some milliseconds. */
  static async open(
    ffmpeg: Ffmpeg,
    { width, height }: PictureSize,
    { bitrate, frameRate }: EncodingRate,
  ): Promise<Vp8Encoder> {
    const { lib, constants } = ffmpeg;
    const encoder = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBVPX_VP8);
    invariant(encoder, "this build of FFmpeg encodes VP8");
    const context = new lib.CodecContext();
    context.allocContext3(encoder);
    context.width = width;
    context.height = height;
    context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
    context.timeBase = new lib.Rational(1, MICROSECONDS_PER_SECOND);
    context.framerate = new lib.Rational(Math.round(frameRate), 1);
    context.threadCount = 1;
    context.gopSize = NEVER;
    context.qMin = FINEST_QUANTISER;
    context.qMax = COARSEST_QUANTISER;
    context.bitRate = BigInt(bitrate);
    context.rcMinRate = BigInt(bitrate);
    context.rcMaxRate = BigInt(bitrate);
    context.rcBufferSize = Math.round(bitrate * BUFFER_SECONDS);
    context.setFlags(constants.AV_CODEC_FLAG_FRAME_DURATION);
    await openEncoder(ffmpeg, context, encoder, {
      deadline: "realtime",
      "cpu-used": -12, // Negative: this speed always. Positive would choose one by the machine's load.
      "lag-in-frames": 0,
      "auto-alt-ref": 0,
      "undershoot-pct": 100,
      "overshoot-pct": 15,
      "static-thresh": 1,
    });
    return new Vp8Encoder(context, bitrate);
  }

  reaches({ bitrate }: EncodingRate, keyframe: boolean): boolean {
    const reach = keyframe ? REACH_AT_KEYFRAME : REACH;
    const ratio = bitrate / this.#openedBitrate;
    return ratio <= reach && ratio >= 1 / reach;
  }

  aim(picture: NativeFrame, { bitrate, frameRate }: EncodingRate): void {
    picture.pts = BigInt(Math.round(this.#virtualTimeUs));
    // libvpx averages over seconds while the interval equals the stated duration, and takes every interval as it is
    // when it does not. One microsecond is never the interval.
    picture.duration = 1n;
    this.#virtualTimeUs += ((MICROSECONDS_PER_SECOND / frameRate) * bitrate) / this.#openedBitrate;
  }
}
