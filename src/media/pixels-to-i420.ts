import { type I420Planes, i420Planes } from "./i420.ts";
import type { PixelFormat } from "./pixel-format.ts";
import { copyPlane, fillPlane, planesOf } from "./plane.ts";

// BT.601, limited range, in 16 binary places. Each chroma triple adds up to zero, so that grey stays grey.
const LUMA_RED = 16_829; // 0.299 * 219 / 255
const LUMA_GREEN = 33_039; // 0.587 * 219 / 255
const LUMA_BLUE = 6_416; // 0.114 * 219 / 255
const LUMA_BASE = 16 * 65_536 + 32_768;
const CHROMA_MAIN = 28_784; // 0.5 * 224 / 255
const U_RED = -9_714;
const U_GREEN = -19_070;
const V_GREEN = -24_103;
const V_BLUE = -4_681;
/** 128 and the half that rounds, for the sum of four pixels. */
const CHROMA_BASE = 4 * (128 * 65_536 + 32_768);

/** The luma of each brightness, black at 16 and white at 235. */
const LUMA_OF_GRAY = Uint8Array.from({ length: 256 }, (_, gray) => Math.round(16 + (gray * 219) / 255));

/**
 * Writes pixels, which have exactly the bytes of `format`, into a picture's planes. A chroma sample is the mean of
 * the up to four pixels that it covers; alpha is ignored.
 */
export function pixelsToI420(
  pixels: Uint8Array | Uint8ClampedArray,
  format: PixelFormat,
  width: number,
  height: number,
  planes: I420Planes,
): void {
  switch (format) {
    case "rgba":
      return readRgb(pixels, width, height, { bytesPerPixel: 4, red: 0, blue: 2 }, planes);
    case "rgb24":
      return readRgb(pixels, width, height, { bytesPerPixel: 3, red: 0, blue: 2 }, planes);
    case "bgr24":
      return readRgb(pixels, width, height, { bytesPerPixel: 3, red: 2, blue: 0 }, planes);
    case "gray8":
      return readGray(pixels, width, height, planes);
    case "i420": {
      const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
      const to = planesOf(planes, width, height);
      planesOf(i420Planes(bytes, width, height), width, height).forEach((plane, index) =>
        copyPlane(plane, to[index as 0 | 1 | 2]),
      );
      return;
    }
    default:
      format satisfies never;
  }
}

/** Luma from 16 to 235 of a colour given from 0 to 255. */
export function lumaOf(red: number, green: number, blue: number): number {
  return (Math.imul(red, LUMA_RED) + Math.imul(green, LUMA_GREEN) + Math.imul(blue, LUMA_BLUE) + LUMA_BASE) >> 16;
}

/** Both chroma values, 16 to 240, of a colour given from 0 to 255. */
export function chromaOf(red: number, green: number, blue: number): { u: number; v: number } {
  return { u: chromaU(4 * red, 4 * green, 4 * blue), v: chromaV(4 * red, 4 * green, 4 * blue) };
}

// Of the sums of four pixels' colours.

function chromaU(red: number, green: number, blue: number): number {
  return (Math.imul(red, U_RED) + Math.imul(green, U_GREEN) + Math.imul(blue, CHROMA_MAIN) + CHROMA_BASE) >> 18;
}

function chromaV(red: number, green: number, blue: number): number {
  return (Math.imul(red, CHROMA_MAIN) + Math.imul(green, V_GREEN) + Math.imul(blue, V_BLUE) + CHROMA_BASE) >> 18;
}

interface RgbLayout {
  readonly bytesPerPixel: 3 | 4;
  readonly red: 0 | 2;
  readonly blue: 0 | 2;
}

function readRgb(
  pixels: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  { bytesPerPixel, red, blue }: RgbLayout,
  { y, u, v, strideY, strideU, strideV }: I420Planes,
): void {
  const rowBytes = width * bytesPerPixel;
  for (let row = 0; row < height; row += 2) {
    // At the edge of an odd size a pixel is its own neighbour, which leaves the mean of those that are there.
    const below = row + 1 < height ? 1 : 0;
    const top = row * strideY;
    const bottom = top + below * strideY;
    const writeU = (row >> 1) * strideU;
    const writeV = (row >> 1) * strideV;
    for (let column = 0; column < width; column += 2) {
      const right = column + 1 < width ? 1 : 0;
      const p0 = row * rowBytes + column * bytesPerPixel;
      const p1 = p0 + right * bytesPerPixel;
      const p2 = p0 + below * rowBytes;
      const p3 = p2 + right * bytesPerPixel;
      const r0 = pixels[p0 + red] as number;
      const g0 = pixels[p0 + 1] as number;
      const b0 = pixels[p0 + blue] as number;
      const r1 = pixels[p1 + red] as number;
      const g1 = pixels[p1 + 1] as number;
      const b1 = pixels[p1 + blue] as number;
      const r2 = pixels[p2 + red] as number;
      const g2 = pixels[p2 + 1] as number;
      const b2 = pixels[p2 + blue] as number;
      const r3 = pixels[p3 + red] as number;
      const g3 = pixels[p3 + 1] as number;
      const b3 = pixels[p3 + blue] as number;
      y[top + column] = lumaOf(r0, g0, b0);
      y[top + column + right] = lumaOf(r1, g1, b1);
      y[bottom + column] = lumaOf(r2, g2, b2);
      y[bottom + column + right] = lumaOf(r3, g3, b3);
      const reds = r0 + r1 + r2 + r3;
      const greens = g0 + g1 + g2 + g3;
      const blues = b0 + b1 + b2 + b3;
      u[writeU + (column >> 1)] = chromaU(reds, greens, blues);
      v[writeV + (column >> 1)] = chromaV(reds, greens, blues);
    }
  }
}

function readGray(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number, planes: I420Planes): void {
  const [luma, ...chroma] = planesOf(planes, width, height);
  for (let row = 0; row < height; row += 1) {
    const read = row * width;
    const write = row * luma.stride;
    for (let column = 0; column < width; column += 1) {
      luma.data[write + column] = LUMA_OF_GRAY[pixels[read + column] as number] as number;
    }
  }
  for (const plane of chroma) fillPlane(plane, 128);
}
