import type { CodecContext, NativeFrame } from "./ffmpeg.ts";

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What the next picture should cost. */
export interface EncodingRate {
  /** Bits per second. */
  readonly bitrate: number;
  /** Frames per second that share them. */
  readonly frameRate: number;
}

/** What differs between the codecs: how FFmpeg's encoder is set up and how it is made to follow the bitrate. */
export interface NativeVideoEncoder {
  /** FFmpeg's encoder, open. Whoever holds it frees it. */
  readonly context: CodecContext;
  /** Whether this rate can be reached as things stand; if not, a new encoder has to begin with a keyframe. */
  reaches(rate: EncodingRate, keyframe: boolean): boolean;
  /** Makes the next picture cost what `rate` says, and gives the picture its place in time. */
  aim(picture: NativeFrame, rate: EncodingRate): void;
}
