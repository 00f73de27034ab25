import { checkReturn, loadFfmpeg } from "../../src/codecs/ffmpeg.ts";
import type { EncodedVideoFrame } from "../../src/media/encoded-video-frame.ts";

export interface ForeignStreamOptions {
  width: number;
  height: number;
  pixelFormat: "yuv420p" | "yuvj420p" | "yuv444p" | "yuv422p10le";
  /** Luma of every sample, in the format's own range. */
  luma: number;
  pictureCount?: number;
  /** Pictures that lean on later ones. @default 0 */
  bFrames?: number;
}

/** H.264 as our own encoder would never write it: other layouts, B-pictures, grey all over. */
export async function foreignH264({
  width,
  height,
  pixelFormat,
  luma,
  pictureCount = 1,
  bFrames = 0,
}: ForeignStreamOptions): Promise<EncodedVideoFrame[]> {
  const ffmpeg = await loadFfmpeg();
  const { lib, constants } = ffmpeg;
  const format = {
    yuv420p: constants.AV_PIX_FMT_YUV420P,
    yuvj420p: constants.AV_PIX_FMT_YUVJ420P,
    yuv444p: constants.AV_PIX_FMT_YUV444P,
    yuv422p10le: constants.AV_PIX_FMT_YUV422P10LE,
  }[pixelFormat];
  const encoder = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBX264);
  using context = new lib.CodecContext();
  context.allocContext3(encoder);
  context.width = width;
  context.height = height;
  context.pixelFormat = format;
  context.timeBase = new lib.Rational(1, 30);
  context.threadCount = 1;
  context.maxBFrames = bFrames;
  context.setOption("preset", bFrames > 0 ? "veryfast" : "ultrafast");
  context.setOption("x264-params", "b-adapt=0:scenecut=0:keyint=1000:sliced-threads=0:rc-lookahead=5");
  checkReturn(ffmpeg, context.open2Sync(encoder, null), "open x264");
  using picture = new lib.Frame();
  picture.alloc();
  picture.format = format;
  picture.width = width;
  picture.height = height;
  checkReturn(ffmpeg, picture.getBuffer(), "allocate a picture");
  using packet = new lib.Packet();
  packet.alloc();
  const units: EncodedVideoFrame[] = [];
  for (let index = 0; index <= pictureCount; index++) {
    const [y, u, v] = picture.data ?? [];
    if (pixelFormat === "yuv422p10le") {
      if (y) new Uint16Array(y.buffer, y.byteOffset, y.byteLength / 2).fill(luma);
      for (const chroma of [u, v])
        if (chroma) new Uint16Array(chroma.buffer, chroma.byteOffset, chroma.byteLength / 2).fill(512);
    } else {
      y?.fill(luma);
      u?.fill(128);
      v?.fill(128);
    }
    picture.pts = BigInt(index);
    checkReturn(ffmpeg, context.sendFrameSync(index < pictureCount ? picture : null), "send a picture");
    while (context.receivePacketSync(packet) >= 0) {
      const timestampUs = Math.round((Number(packet.pts) * 1_000_000) / 30);
      units.push({ data: new Uint8Array(packet.data ?? []), keyframe: packet.isKeyframe, timestampUs });
      packet.unref();
    }
    checkReturn(ffmpeg, picture.makeWritable(), "reuse a picture");
  }
  return units;
}
