import { DECODING, type DecodingWeights } from "./color-space.ts";
import { type ColorSpace, type I420Planes, i420Planes } from "./i420.ts";
import type { PixelFormat } from "./pixel-format.ts";
import { copyPlane, mapPlane, planesOf } from "./plane.ts";

// Limited range, in 16 binary places. Luma spreads from 219 steps to 255, chroma from 224.
const LUMA = 76_309; // 255 / 219
const HALF = 32_768;

/** The brightness that each luma value means, from black at 16 to white at 235. */
const GRAY_OF_LUMA = Uint8Array.from({ length: 256 }, (_, luma) =>
  Math.min(255, Math.max(0, Math.round(((luma - 16) * 255) / 219))),
);

/** Whether the lowest byte of a word comes first in memory, so that whole words can be written. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Writes a picture into `target`, which holds exactly the bytes of `format`. Colours outside of RGB are clamped. */
export function i420ToPixels(
  planes: I420Planes,
  width: number,
  height: number,
  format: PixelFormat,
  target: Uint8Array,
  colorSpace: ColorSpace,
): void {
  const weights = DECODING[colorSpace];
  switch (format) {
    case "rgba":
      return writeRgba(planes, width, height, target, weights);
    case "rgb24":
      return writeRgb24(planes, width, height, target, { blueFirst: false, weights });
    case "bgr24":
      return writeRgb24(planes, width, height, target, { blueFirst: true, weights });
    case "gray8":
      return mapPlane(planesOf(planes, width, height)[0], { data: target, stride: width, width, height }, GRAY_OF_LUMA);
    case "i420": {
      const to = planesOf(i420Planes(target, width, height), width, height);
      planesOf(planes, width, height).forEach((plane, index) => copyPlane(plane, to[index as 0 | 1 | 2]));
      return;
    }
    default:
      format satisfies never;
  }
}

function writeRgba(
  planes: I420Planes,
  width: number,
  height: number,
  target: Uint8Array,
  weights: DecodingWeights,
): void {
  const words = wordsOf(target) ?? new Int32Array(2 * width);
  const inPlace = words.buffer === target.buffer;
  for (let row = 0; row < height; row += 2) {
    // The last row of an odd height is its own neighbour: it is packed twice, to the same place.
    const below = row + 1 < height ? 1 : 0;
    if (inPlace) {
      packRowPair(planes, row, below, words, { width, start: row * width, blueFirst: false, weights });
      continue;
    }
    packRowPair(planes, row, below, words, { width, start: 0, blueFirst: false, weights });
    let write = row * width * 4;
    for (let read = 0; read < (1 + below) * width; read += 1) {
      const pixel = words[read] as number;
      target[write] = pixel;
      target[write + 1] = pixel >> 8;
      target[write + 2] = pixel >> 16;
      target[write + 3] = 255;
      write += 4;
    }
  }
}

function writeRgb24(
  planes: I420Planes,
  width: number,
  height: number,
  target: Uint8Array,
  { blueFirst, weights }: { blueFirst: boolean; weights: DecodingWeights },
): void {
  const pixels = new Int32Array(2 * width);
  const words = (width & 3) === 0 ? wordsOf(target) : undefined;
  for (let row = 0; row < height; row += 2) {
    const below = row + 1 < height ? 1 : 0;
    packRowPair(planes, row, below, pixels, { width, start: 0, blueFirst, weights });
    const count = (1 + below) * width;
    let write = row * width * 3;
    if (words) {
      // Four pixels of three bytes are three words.
      write >>= 2;
      for (let read = 0; read < count; read += 4) {
        const pixel1 = pixels[read + 1] as number;
        const pixel2 = pixels[read + 2] as number;
        words[write] = ((pixels[read] as number) & 0xffffff) | (pixel1 << 24);
        words[write + 1] = ((pixel1 >> 8) & 0xffff) | (pixel2 << 16);
        words[write + 2] = ((pixel2 >> 16) & 0xff) | ((pixels[read + 3] as number) << 8);
        write += 3;
      }
      continue;
    }
    for (let read = 0; read < count; read += 1) {
      const pixel = pixels[read] as number;
      target[write] = pixel;
      target[write + 1] = pixel >> 8;
      target[write + 2] = pixel >> 16;
      write += 3;
    }
  }
}

/** The memory as words, when it begins between two of them and they are what they seem. */
function wordsOf(target: Uint8Array): Int32Array | undefined {
  if (!LITTLE_ENDIAN || (target.byteOffset & 3) !== 0) return undefined;
  return new Int32Array(target.buffer, target.byteOffset, target.byteLength >> 2);
}

/**
 * Converts two rows, which share their chroma, to a word per pixel: red (blue when it is to be first) in the lowest
 * byte, then green, blue and an alpha of 255. Without a row `below`, the first one is done twice.
 */
function packRowPair(
  { y, u, v, strideY, strideU, strideV }: I420Planes,
  row: number,
  below: 0 | 1,
  target: Int32Array,
  {
    width,
    start,
    blueFirst,
    weights: { redV, greenU, greenV, blueU },
  }: { width: number; start: number; blueFirst: boolean; weights: DecodingWeights },
): void {
  const top = row * strideY;
  const bottom = top + below * strideY;
  const writeBottom = start + below * width;
  const rowU = (row >> 1) * strideU;
  const rowV = (row >> 1) * strideV;
  const lowU = blueFirst ? blueU : 0;
  const lowV = blueFirst ? 0 : redV;
  const highU = blueFirst ? 0 : blueU;
  const highV = blueFirst ? redV : 0;
  for (let column = 0; column < width; column += 2) {
    const right = column + 1 < width ? column + 1 : column;
    const chromaU = (u[rowU + (column >> 1)] as number) - 128;
    const chromaV = (v[rowV + (column >> 1)] as number) - 128;
    const low = Math.imul(chromaU, lowU) + Math.imul(chromaV, lowV);
    const green = Math.imul(chromaU, greenU) + Math.imul(chromaV, greenV);
    const high = Math.imul(chromaU, highU) + Math.imul(chromaV, highV);
    target[start + column] = packPixel(y[top + column] as number, low, green, high);
    target[start + right] = packPixel(y[top + right] as number, low, green, high);
    target[writeBottom + column] = packPixel(y[bottom + column] as number, low, green, high);
    target[writeBottom + right] = packPixel(y[bottom + right] as number, low, green, high);
  }
}

/** The terms have 16 binary places; the red one is `low` or `high`. */
function packPixel(y: number, low: number, green: number, high: number): number {
  const luma = Math.imul(y - 16, LUMA) + HALF;
  let first = (luma + low) >> 16;
  let second = (luma + green) >> 16;
  let third = (luma + high) >> 16;
  if (((first | second | third) & ~255) !== 0) {
    first = first < 0 ? 0 : first > 255 ? 255 : first;
    second = second < 0 ? 0 : second > 255 ? 255 : second;
    third = third < 0 ? 0 : third > 255 ? 255 : third;
  }
  return -16_777_216 | (third << 16) | (second << 8) | first;
}
