import { invariant } from "../errors.ts";
import { chromaSize, i420ByteLength } from "../media/i420.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { Ffmpeg, NativeFrame } from "./ffmpeg.ts";

interface Window {
  readonly picture: NativeFrame;
  readonly width: number;
  readonly height: number;
}

/**
 * Native pictures that lie upon the memory of frames, one per buffer. Copies between native pictures make no garbage, while each
 * look at a native picture's bytes from JavaScript makes V8 believe that half a megabyte more is in use: with
 * eight streams it collected all garbage some twenty times a second, 10 ms each, on the main thread alone.
 * A window lives as long as its buffer, which pools use again and again.
 */
const windows = new WeakMap<ArrayBufferLike, Window>();

/** Copies the pixels of a native I420 picture into a frame of the same size. */
export function readPicture(ffmpeg: Ffmpeg, picture: NativeFrame, frame: VideoFrame): void {
  const window = windowOnto(ffmpeg, frame);
  if (window) {
    const copied = window.copy(picture);
    invariant(copied >= 0, "a picture fits into a frame of its size");
    return;
  }
  const { width, height, planes } = frame;
  const data = picture.data;
  const [strideY, strideU, strideV] = picture.linesize;
  const [y, u, v] = data ?? [];
  invariant(y && u && v && strideY && strideU && strideV, "a decoded picture has three planes");
  const chromaWidth = chromaSize(width);
  const chromaHeight = chromaSize(height);
  copyRows(y, strideY, planes.y, planes.strideY, width, height);
  copyRows(u, strideU, planes.u, planes.strideU, chromaWidth, chromaHeight);
  copyRows(v, strideV, planes.v, planes.strideV, chromaWidth, chromaHeight);
}

/**
 * Copies a frame's pixels into a native I420 picture that is as large or, to make odd sides even,
 * one pixel larger; the last column and row are repeated there.
 */
export function writePicture(ffmpeg: Ffmpeg, frame: VideoFrame, picture: NativeFrame): void {
  const { width, height, planes } = frame;
  const window = picture.width === width && picture.height === height ? windowOnto(ffmpeg, frame) : undefined;
  if (window) {
    const copied = picture.copy(window);
    invariant(copied >= 0, "a frame fits into a picture of its size");
    return;
  }
  const [strideY, strideU, strideV] = picture.linesize;
  const [y, u, v] = picture.data ?? [];
  invariant(y && u && v && strideY && strideU && strideV, "a picture to encode has three planes");
  const chromaWidth = chromaSize(width);
  const chromaHeight = chromaSize(height);
  copyRows(planes.y, planes.strideY, y, strideY, width, height);
  copyRows(planes.u, planes.strideU, u, strideU, chromaWidth, chromaHeight);
  copyRows(planes.v, planes.strideV, v, strideV, chromaWidth, chromaHeight);
  if (picture.width > width) {
    for (let at = width; at < height * strideY; at += strideY) y[at] = y[at - 1] ?? 0;
  }
  if (picture.height > height) y.copyWithin(height * strideY, (height - 1) * strideY, height * strideY);
}

/** The native picture upon a frame's memory; undefined when the frame does not fill a buffer of its own without gaps. */
function windowOnto({ lib, constants }: Ffmpeg, frame: VideoFrame): NativeFrame | undefined {
  const { width, height, planes } = frame;
  const { buffer } = planes.y;
  if (!fillsItsBuffer(frame)) return undefined;
  const known = windows.get(buffer);
  if (known?.width === width && known.height === height) return known.picture;
  known?.picture.free();
  const picture = new lib.Frame();
  picture.alloc();
  picture.format = constants.AV_PIX_FMT_YUV420P;
  picture.width = width;
  picture.height = height;
  const filled = picture.fromBuffer(Buffer.from(buffer));
  invariant(filled >= 0, "a buffer of the right length becomes a picture");
  windows.set(buffer, { picture, width, height });
  return picture;
}

function fillsItsBuffer({ width, height, planes: { y, u, v, strideY, strideU, strideV } }: VideoFrame): boolean {
  const chromaWidth = chromaSize(width);
  const chromaBytes = chromaWidth * chromaSize(height);
  return (
    y.buffer.byteLength === i420ByteLength(width, height) &&
    u.buffer === y.buffer &&
    v.buffer === y.buffer &&
    y.byteOffset === 0 &&
    u.byteOffset === width * height &&
    v.byteOffset === width * height + chromaBytes &&
    strideY === width &&
    strideU === chromaWidth &&
    strideV === chromaWidth
  );
}

function copyRows(
  from: Uint8Array,
  fromStride: number,
  to: Uint8Array,
  toStride: number,
  width: number,
  height: number,
): void {
  if (fromStride === width && toStride === width) {
    to.set(from.subarray(0, width * height));
    return;
  }
  for (let row = 0; row < height; row++) {
    const start = row * fromStride;
    to.set(from.subarray(start, start + width), row * toStride);
  }
}
