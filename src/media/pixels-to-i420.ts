import { ENCODING, type EncodingWeights } from "./color-space.ts";
import { type ColorSpace, type I420Planes, i420Planes } from "./i420.ts";
import type { PixelFormat } from "./pixel-format.ts";
import { copyPlane, fillPlane, mapPlane, planesOf } from "./plane.ts";

const LUMA_BASE = 16 * 65_536 + 32_768;
/** 128 and the half that rounds, for the sum of four pixels. */
const CHROMA_BASE = 4 * (128 * 65_536 + 32_768);

/** The luma of each brightness, black at 16 and white at 235. */
const LUMA_OF_GRAY = Uint8Array.from({ length: 256 }, (_, gray) => Math.round(16 + (gray * 219) / 255));

/**
 * Writes pixels, which have exactly the bytes of `format`, into a picture's planes. A chroma sample is the mean of
 * the up to four pixels that it covers; alpha is ignored.
 */
export function pixelsToI420(
  pixels: Uint8Array,
  format: PixelFormat,
  width: number,
  height: number,
  planes: I420Planes,
  colorSpace: ColorSpace,
): void {
  const weights = ENCODING[colorSpace];
  switch (format) {
    case "rgba":
      return readRgb(pixels, width, height, { bytesPerPixel: 4, red: 0, blue: 2, weights }, planes);
    case "rgb24":
      return readRgb(pixels, width, height, { bytesPerPixel: 3, red: 0, blue: 2, weights }, planes);
    case "bgr24":
      return readRgb(pixels, width, height, { bytesPerPixel: 3, red: 2, blue: 0, weights }, planes);
    case "gray8": {
      const [luma, ...chroma] = planesOf(planes, width, height);
      mapPlane({ data: pixels, stride: width, width, height }, luma, LUMA_OF_GRAY);
      for (const plane of chroma) fillPlane(plane, 128);
      return;
    }
    case "i420": {
      const to = planesOf(planes, width, height);
      planesOf(i420Planes(pixels, width, height), width, height).forEach((plane, index) =>
        copyPlane(plane, to[index as 0 | 1 | 2]),
      );
      return;
    }
    default:
      format satisfies never;
  }
}

/** A colour, given from 0 to 255, as planes hold it: luma from 16 to 235, chroma from 16 to 240. */
export function encodeColor(
  { red, green, blue }: { readonly red: number; readonly green: number; readonly blue: number },
  colorSpace: ColorSpace,
): { y: number; u: number; v: number } {
  const weights = ENCODING[colorSpace];
  return {
    y: lumaOf(red, green, blue, weights),
    u: chromaU(4 * red, 4 * green, 4 * blue, weights),
    v: chromaV(4 * red, 4 * green, 4 * blue, weights),
  };
}

function lumaOf(red: number, green: number, blue: number, weights: EncodingWeights): number {
  return (
    (Math.imul(red, weights.lumaRed) +
      Math.imul(green, weights.lumaGreen) +
      Math.imul(blue, weights.lumaBlue) +
      LUMA_BASE) >>
    16
  );
}

// Of the sums of four pixels' colours.

function chromaU(red: number, green: number, blue: number, weights: EncodingWeights): number {
  return (
    (Math.imul(red, weights.uRed) + Math.imul(green, weights.uGreen) + Math.imul(blue, weights.chroma) + CHROMA_BASE) >>
    18
  );
}

function chromaV(red: number, green: number, blue: number, weights: EncodingWeights): number {
  return (
    (Math.imul(red, weights.chroma) +
      Math.imul(green, weights.vGreen) +
      Math.imul(blue, weights.vBlue) +
      CHROMA_BASE) >>
    18
  );
}

interface RgbLayout {
  readonly bytesPerPixel: 3 | 4;
  readonly red: 0 | 2;
  readonly blue: 0 | 2;
  readonly weights: EncodingWeights;
}

function readRgb(
  pixels: Uint8Array,
  width: number,
  height: number,
  { bytesPerPixel, red, blue, weights }: RgbLayout,
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
      y[top + column] = lumaOf(r0, g0, b0, weights);
      y[top + column + right] = lumaOf(r1, g1, b1, weights);
      y[bottom + column] = lumaOf(r2, g2, b2, weights);
      y[bottom + column + right] = lumaOf(r3, g3, b3, weights);
      const reds = r0 + r1 + r2 + r3;
      const greens = g0 + g1 + g2 + g3;
      const blues = b0 + b1 + b2 + b3;
      u[writeU + (column >> 1)] = chromaU(reds, greens, blues, weights);
      v[writeV + (column >> 1)] = chromaV(reds, greens, blues, weights);
    }
  }
}
