import type { Plane } from "./plane.ts";

/** Writes `from` into `to`, a plane of the same size, the last row first. */
export function flipPlaneVertically(from: Plane, to: Plane): void {
  const { width, height } = from;
  for (let row = 0; row < height; row += 1) {
    const start = row * from.stride;
    to.data.set(from.data.subarray(start, start + width), (height - 1 - row) * to.stride);
  }
}

/**
 * Writes `from` into `to`, a plane of the same size, each row from right to left; with `lastRowFirst` the rows
 * change places, too, which is half a turn.
 */
export function flipPlaneHorizontally(from: Plane, to: Plane, lastRowFirst: boolean): void {
  const { height } = from;
  const fromWords = wordsOf(from);
  const toWords = wordsOf(to);
  for (let row = 0; row < height; row += 1) {
    const toRow = lastRowFirst ? height - 1 - row : row;
    if (fromWords && toWords) {
      reverseWords(fromWords, (row * from.stride) >> 2, toWords, (toRow * to.stride) >> 2, from.width >> 2);
    } else {
      reverseBytes(from.data, row * from.stride, to.data, toRow * to.stride, from.width);
    }
  }
}

/** The plane four bytes at a time, when all of its rows begin and end between two words. */
function wordsOf({ data, stride, width }: Plane): Int32Array | undefined {
  if (((data.byteOffset | stride | width) & 3) !== 0) return undefined;
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
}

// Both loops are unrolled: bookkeeping would cost more than half of their time.

function reverseWords(from: Int32Array, fromStart: number, to: Int32Array, toStart: number, count: number): void {
  let source = fromStart;
  let target = toStart + count - 1;
  const unrolledEnd = fromStart + count - 3;
  for (; source < unrolledEnd; source += 4, target -= 4) {
    to[target] = swapBytes(from[source] as number);
    to[target - 1] = swapBytes(from[source + 1] as number);
    to[target - 2] = swapBytes(from[source + 2] as number);
    to[target - 3] = swapBytes(from[source + 3] as number);
  }
  for (; target >= toStart; source += 1, target -= 1) to[target] = swapBytes(from[source] as number);
}

function swapBytes(word: number): number {
  const pairs = ((word & 0x00ff00ff) << 8) | ((word >>> 8) & 0x00ff00ff);
  return (pairs << 16) | (pairs >>> 16);
}

function reverseBytes(from: Uint8Array, fromStart: number, to: Uint8Array, toStart: number, count: number): void {
  let source = fromStart;
  let target = toStart + count - 1;
  const unrolledEnd = fromStart + count - 3;
  for (; source < unrolledEnd; source += 4, target -= 4) {
    to[target] = from[source] as number;
    to[target - 1] = from[source + 1] as number;
    to[target - 2] = from[source + 2] as number;
    to[target - 3] = from[source + 3] as number;
  }
  for (; target >= toStart; source += 1, target -= 1) to[target] = from[source] as number;
}
