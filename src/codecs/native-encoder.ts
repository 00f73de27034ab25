import { checkReturn, type Codec, type CodecContext, type Ffmpeg } from "./ffmpeg.ts";

/**
 * Opens an encoder, off the main thread, for the pictures or the sound that `context` describes.
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
  checkReturn(
    ffmpeg,
    opened,
    width > 0 ? `open ${encoder.name} for pictures of ${width}x${height}` : `open ${encoder.name}`,
  );
}
