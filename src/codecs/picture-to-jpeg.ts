import { FastRtcError, invariant } from "../errors.ts";
import { VideoFrame } from "../media/video-frame.ts";
import { checkReturn, loadFfmpeg } from "./ffmpeg.ts";
import { openEncoder } from "./native-encoder.ts";
import { writePicture } from "./native-picture.ts";

/** What `pictureToJpeg` takes besides the picture. */
export interface JpegOptions {
  /** From 1, small and blurred, to 100, large and exact. @default 80 */
  quality?: number;
}

/**
 * A picture as the bytes of a JPEG file (JFIF), upright, for services that take one. 640x480 takes some milliseconds, most of them off the
 * main thread; the frame may be released as soon as the promise was returned.
 * @throws {FastRtcError} `invalid_argument` for another quality, `frame_released` for a frame that is.
 */
export async function pictureToJpeg(
  picture: VideoFrame,
  { quality = 80 }: JpegOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(quality >= 1 && quality <= 100)) {
    throw new FastRtcError("invalid_argument", `quality is a number from 1 to 100, but not ${String(quality)}.`);
  }
  const frame = inFullRange(picture.upright());
  const { width, height } = frame;
  const ffmpeg = await loadFfmpeg();
  const { lib, constants } = ffmpeg;
  const encoder = lib.Codec.findEncoder(constants.AV_CODEC_ID_MJPEG);
  invariant(encoder, "this build of FFmpeg encodes JPEG");
  const context = new lib.CodecContext();
  context.allocContext3(encoder);
  context.width = width;
  context.height = height;
  context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
  context.colorRange = constants.AVCOL_RANGE_JPEG;
  context.timeBase = new lib.Rational(1, 1);
  context.threadCount = 1;
  context.qMin = context.qMax = quantiser(quality);
  await openEncoder(ffmpeg, context, encoder, {});
  const native = new lib.Frame();
  const packet = new lib.Packet();
  try {
    native.alloc();
    packet.alloc();
    native.format = constants.AV_PIX_FMT_YUV420P;
    native.width = width;
    native.height = height;
    checkReturn(ffmpeg, native.getBuffer(), `allocate a picture of ${width}x${height}`);
    writePicture(ffmpeg, frame, native);
    native.pts = 0n;
    checkReturn(ffmpeg, await context.sendFrame(native), "encode a JPEG");
    checkReturn(ffmpeg, context.receivePacketSync(packet), "encode a JPEG");
    invariant(packet.data, "an encoded picture has bytes");
    return new Uint8Array(packet.data);
  } finally {
    context.freeContext();
    native.free();
    packet.free();
  }
}

/** FFmpeg's quantiser, of 2 to 31, for a quality as other programs count it. */
function quantiser(quality: number): number {
  return Math.round(31 - (29 * quality) / 100);
}

/** JPEG's colours: those of BT.601 like most video, but with all 256 steps (JFIF 1.02). */
function inFullRange(picture: VideoFrame): VideoFrame {
  const { width, height } = picture;
  const frame =
    picture.colorSpace === "bt601" ? picture : VideoFrame.from(picture.to("rgb24"), { format: "rgb24", width, height });
  const i420 = frame.to("i420");
  const lumaLength = width * height;
  for (let at = 0; at < lumaLength; at += 1) i420[at] = FULL_LUMA[i420[at] as number] as number;
  for (let at = lumaLength; at < i420.length; at += 1) i420[at] = FULL_CHROMA[i420[at] as number] as number;
  return VideoFrame.from(i420, { format: "i420", width, height });
}

/** What each value of video is in a JPEG: of brightness, which goes from 16 to 235, and of colour, from 16 to 240. Clamped and rounded. */
const FULL_LUMA = Uint8ClampedArray.from({ length: 256 }, (_, value) => ((value - 16) * 255) / 219);
const FULL_CHROMA = Uint8ClampedArray.from({ length: 256 }, (_, value) => ((value - 128) * 255) / 224 + 128);
