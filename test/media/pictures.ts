import type { FrameLease } from "../../src/media/frame-pool.ts";
import { chromaSize, type ColorSpace } from "../../src/media/i420.ts";
import { type Rotation, VideoFrame } from "../../src/media/video-frame.ts";

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A frame of random samples whose rows are padded, as a decoder's are, and begin at an odd address. */
export function paddedFrame(
  width: number,
  height: number,
  {
    seed = 1,
    padding = 5,
    rotation = 0,
    colorSpace = "bt601",
    lease,
  }: { seed?: number; padding?: number; rotation?: Rotation; colorSpace?: ColorSpace; lease?: FrameLease } = {},
): VideoFrame {
  const random = seeded(seed);
  const plane = (planeWidth: number, planeHeight: number): { data: Uint8Array; stride: number } => {
    const stride = planeWidth + padding;
    const data = new Uint8Array(stride * planeHeight + 1)
      .subarray(padding > 0 ? 1 : 0)
      .subarray(0, stride * planeHeight);
    for (let index = 0; index < data.length; index += 1) data[index] = random() * 256;
    return { data, stride };
  };
  const y = plane(width, height);
  const u = plane(chromaSize(width), chromaSize(height));
  const v = plane(chromaSize(width), chromaSize(height));
  return new VideoFrame({
    planes: { y: y.data, u: u.data, v: v.data, strideY: y.stride, strideU: u.stride, strideV: v.stride },
    width,
    height,
    timestampUs: 1234,
    rotation,
    colorSpace,
    lease,
  });
}

/** A frame from written-out planes: the luma rows, then those of U and of V. */
export function frameOf(y: number[][], u: number[][], v: number[][], rotation: Rotation = 0): VideoFrame {
  return VideoFrame.from(Uint8Array.from([...y, ...u, ...v].flat()), {
    format: "i420",
    width: (y[0] as number[]).length,
    height: y.length,
    rotation,
  });
}

/** The rows of a frame's luma plane. */
export function lumaRows(frame: VideoFrame): number[][] {
  const { y, strideY } = frame.planes;
  return Array.from({ length: frame.height }, (_, row) => [...y.subarray(row * strideY, row * strideY + frame.width)]);
}

/** The rows of a frame's U plane. */
export function chromaRows(frame: VideoFrame): number[][] {
  const { u, strideU } = frame.planes;
  const width = chromaSize(frame.width);
  return Array.from({ length: chromaSize(frame.height) }, (_, row) => [
    ...u.subarray(row * strideU, row * strideU + width),
  ]);
}

/** All that a user can see of a frame, to compare two of them. */
export function contents(frame: VideoFrame): object {
  const { width, height, rotation, timestampUs, colorSpace } = frame;
  // As text, because comparing arrays of this size element by element takes seconds.
  return { width, height, rotation, timestampUs, colorSpace, samples: Buffer.from(frame.to("i420")).toString("hex") };
}
