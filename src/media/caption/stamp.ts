import type { Rgba } from "../color.ts";
import { chromaSize, type ColorSpace, type I420Planes } from "../i420.ts";
import { encodeColor } from "../pixels-to-i420.ts";
import type { CaptionStyle } from "./caption-options.ts";
import { type CaptionTarget, drawMasks, type Masks } from "./masks.ts";

/**
 * A caption ready to be laid over pictures of one size: what is left of each sample that is there, from 0 to 256, and
 * what comes on top of it, times 256, with the half that rounds.
 */
export interface Stamp {
  /** The left upper corner in the luma plane; even, so that the chroma samples lie below their pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly keepLuma: Uint16Array;
  readonly addLuma: Uint16Array;
  readonly keepChroma: Uint16Array;
  readonly addU: Uint16Array;
  readonly addV: Uint16Array;
}

/** Draws text once; undefined when nothing of it falls into the picture. */
export function makeStamp(texts: readonly string[], style: CaptionStyle, target: CaptionTarget): Stamp | undefined {
  const masks = drawMasks(texts, style, target);
  return masks && composite(masks, style, target);
}

/** Lays a stamp over a picture of the size that it was made for. */
export function drawStamp(stamp: Stamp, planes: I420Planes): void {
  const { x, y, width, height } = stamp;
  blend(planes.y, y * planes.strideY + x, planes.strideY, stamp.keepLuma, stamp.addLuma, width, height);
  const columns = chromaSize(width);
  const rows = chromaSize(height);
  const startU = (y >> 1) * planes.strideU + (x >> 1);
  blend(planes.u, startU, planes.strideU, stamp.keepChroma, stamp.addU, columns, rows);
  const startV = (y >> 1) * planes.strideV + (x >> 1);
  blend(planes.v, startV, planes.strideV, stamp.keepChroma, stamp.addV, columns, rows);
}

function blend(
  plane: Uint8Array,
  start: number,
  stride: number,
  keep: Uint16Array,
  add: Uint16Array,
  width: number,
  height: number,
): void {
  let read = 0;
  for (let row = 0; row < height; row += 1) {
    let write = start + row * stride;
    for (let column = 0; column < width; column += 1) {
      const kept = keep[read] as number;
      // Most of a caption's rectangle is beside its characters.
      if (kept !== 256) plane[write] = (Math.imul(plane[write] as number, kept) + (add[read] as number)) >> 8;
      read += 1;
      write += 1;
    }
  }
}

/** A colour as the planes hold it. */
interface Ink {
  readonly y: number;
  readonly u: number;
  readonly v: number;
  /** 0 to 1. */
  readonly alpha: number;
}

function inkOf(color: Rgba, colorSpace: ColorSpace): Ink {
  return { ...encodeColor(color, colorSpace), alpha: color.alpha / 255 };
}

/** Mixes box, edge and text, one over the other, into what a picture keeps and what is added to it. */
function composite(masks: Masks, style: CaptionStyle, target: CaptionTarget): Stamp {
  const { colorSpace } = target;
  const text = inkOf(style.color, colorSpace);
  const box = inkOf(style.background ?? { red: 0, green: 0, blue: 0, alpha: 0 }, colorSpace);
  const shade = text.y > 110 ? 0 : 255;
  const edge = inkOf({ red: shade, green: shade, blue: shade, alpha: style.color.alpha }, colorSpace);

  const x = masks.x & ~1;
  const y = masks.y & ~1;
  const width = Math.min(target.width, (masks.x + masks.width + 1) & ~1) - x;
  const height = Math.min(target.height, (masks.y + masks.height + 1) & ~1) - y;
  const keepLuma = new Uint16Array(width * height).fill(256);
  const addLuma = new Uint16Array(width * height).fill(128);
  const chromaWidth = chromaSize(width);
  const samples = chromaWidth * chromaSize(height);
  // Sums over the up to four pixels of a chroma sample.
  const keep = new Float64Array(samples);
  const addedU = new Float64Array(samples);
  const addedV = new Float64Array(samples);
  const pixels = new Uint8Array(samples);

  for (let row = 0; row < height; row += 1) {
    const maskRow = row + y - masks.y;
    for (let column = 0; column < width; column += 1) {
      const maskColumn = column + x - masks.x;
      const sample = (row >> 1) * chromaWidth + (column >> 1);
      pixels[sample] = (pixels[sample] as number) + 1;
      const inside = maskRow >= 0 && maskRow < masks.height && maskColumn >= 0 && maskColumn < masks.width;
      const index = inside ? maskRow * masks.width + maskColumn : 0;
      const textCovered = inside ? (masks.fill[index] as number) : 0;
      const edgeCovered = inside ? (masks.edge[index] as number) : 0;
      const boxCovered = inside ? (masks.box[index] as number) : 0;
      if ((textCovered | edgeCovered | boxCovered) === 0) {
        keep[sample] = (keep[sample] as number) + 1;
        continue;
      }
      const textShare = (textCovered / 255) * text.alpha;
      const edgeShare = (edgeCovered / 255) * edge.alpha * (1 - textShare);
      const boxShare = (boxCovered / 255) * box.alpha * (1 - textShare - edgeShare);
      const kept = 1 - textShare - edgeShare - boxShare;
      const place = row * width + column;
      keepLuma[place] = kept * 256 + 0.5;
      addLuma[place] = (textShare * text.y + edgeShare * edge.y + boxShare * box.y) * 256 + 128.5;
      keep[sample] = (keep[sample] as number) + kept;
      addedU[sample] = (addedU[sample] as number) + textShare * text.u + edgeShare * edge.u + boxShare * box.u;
      addedV[sample] = (addedV[sample] as number) + textShare * text.v + edgeShare * edge.v + boxShare * box.v;
    }
  }
  return {
    x,
    y,
    width,
    height,
    keepLuma,
    addLuma,
    keepChroma: means(keep, pixels, 0),
    addU: means(addedU, pixels, 128),
    addV: means(addedV, pixels, 128),
  };
}

/** The mean of each sample's pixels, times 256, plus `half`. */
function means(sums: Float64Array, pixels: Uint8Array, half: number): Uint16Array {
  const result = new Uint16Array(sums.length);
  for (let sample = 0; sample < sums.length; sample += 1) {
    result[sample] = ((sums[sample] as number) * 256) / (pixels[sample] as number) + half + 0.5;
  }
  return result;
}
