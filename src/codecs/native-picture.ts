import { invariant } from "../errors.ts";
import { chromaSize } from "../media/i420.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { Ffmpeg } from "./ffmpeg.ts";

type NativeFrame = InstanceType<Ffmpeg["lib"]["Frame"]>;

/** Copies the pixels of a native I420 picture into a frame of the same size. */
export function readPicture(picture: NativeFrame, frame: VideoFrame): void {
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
export function writePicture(frame: VideoFrame, picture: NativeFrame): void {
  const { width, height, planes } = frame;
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
