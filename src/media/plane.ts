import { chromaSize, type I420Planes } from "./i420.ts";

/** One of a picture's three planes: a rectangle of bytes, its rows `stride` apart. */
export interface Plane {
  readonly data: Uint8Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** The luma plane and the two chroma planes of a picture, for what is done to each of them alike. */
export function planesOf(planes: I420Planes, width: number, height: number): readonly [Plane, Plane, Plane] {
  const chroma = { width: chromaSize(width), height: chromaSize(height) };
  return [
    { data: planes.y, stride: planes.strideY, width, height },
    { data: planes.u, stride: planes.strideU, ...chroma },
    { data: planes.v, stride: planes.strideV, ...chroma },
  ];
}

/** Copies a plane into one of the same size. */
export function copyPlane(from: Plane, to: Plane): void {
  const { width, height } = from;
  if (from.stride === width && to.stride === width) {
    to.data.set(from.data.subarray(0, width * height));
    return;
  }
  for (let row = 0; row < height; row += 1) {
    const start = row * from.stride;
    to.data.set(from.data.subarray(start, start + width), row * to.stride);
  }
}

/** Gives every sample of a plane one value. */
export function fillPlane({ data, stride, width, height }: Plane, value: number): void {
  for (let row = 0; row < height; row += 1) data.fill(value, row * stride, row * stride + width);
}

/** Writes a plane into one of the same size with each sample replaced by the one that `table` has for it. */
export function mapPlane(from: Plane, to: Plane, table: Uint8Array): void {
  const { data: source, width, height } = from;
  const { data: target } = to;
  const unrolledWidth = width - (width & 3);
  for (let row = 0; row < height; row += 1) {
    let read = row * from.stride;
    let write = row * to.stride;
    const end = write + width;
    for (const unrolledEnd = write + unrolledWidth; write < unrolledEnd; write += 4) {
      target[write] = table[source[read] as number] as number;
      target[write + 1] = table[source[read + 1] as number] as number;
      target[write + 2] = table[source[read + 2] as number] as number;
      target[write + 3] = table[source[read + 3] as number] as number;
      read += 4;
    }
    for (; write < end; write += 1) {
      target[write] = table[source[read] as number] as number;
      read += 1;
    }
  }
}
