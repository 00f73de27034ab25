import { checkReturn, type Codec, type CodecContext, type Ffmpeg, type NativeFrame } from "./ffmpeg.ts";

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

/**
 * Opens an encoder whose picture is described in `context`.
 *
 * @throws {FastRtcError} `codec_failed`, for instance for a size that the codec does not have; the context is freed.
 */
export async function openEncoder(
  ffmpeg: Ffmpeg,
  context: CodecContext,
  encoder: Codec,
  settings: Record<string, string | number>,
): Promise<void> {
  // Handing the settings over in FFmpeg's Dictionary crashes in a finaliser.
  for (const [name, value] of Object.entries(settings)) {
    checkReturn(ffmpeg, context.setOption(name, value), `set ${encoder.name}'s ${name}`);
  }
  const { width, height } = context;
  const opened = await context.open2(encoder, null);
  if (opened < 0) context.freeContext();
  checkReturn(ffmpeg, opened, `open ${encoder.name} for pictures of ${width}x${height}`);
}
