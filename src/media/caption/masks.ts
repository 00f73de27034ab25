import { flipPlaneHorizontally } from "../flip-plane.ts";
import type { ColorSpace } from "../i420.ts";
import type { Plane } from "../plane.ts";
import { rotatePlane90, rotatePlane270 } from "../rotate-plane.ts";
import type { CaptionStyle } from "./caption-options.ts";
import { ASCENT, DESCENT, UNITS_PER_EM } from "./font.ts";
import { edgeWidth, glyph } from "./glyph.ts";
import { layOut, type TextLine } from "./text-layout.ts";

/** From one baseline to the next, in ems. */
const LINE_HEIGHT = 1.25;

/** The picture that a caption is for: its size in memory, how a viewer turns it, and what its planes mean. */
export interface CaptionTarget {
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly colorSpace: ColorSpace;
}

/** How much of each pixel of a rectangle the text, the line around it and its box cover, from 0 to 255. */
export interface Masks {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: Uint8Array;
  readonly edge: Uint8Array;
  readonly box: Uint8Array;
}

/** Draws text as it stands in the picture's memory; undefined when nothing of it falls into the picture. */
export function drawMasks(texts: readonly string[], style: CaptionStyle, target: CaptionTarget): Masks | undefined {
  const sideways = target.rotation === 90 || target.rotation === 270;
  const picture = sideways ? { width: target.height, height: target.width } : target;
  const lines = layOut(texts, style.size, Math.max(1, picture.width - 2 * style.margin));
  const masks = drawLines(lines, style, picture);
  return masks && turnBack(masks, target);
}

/** Draws the lines as the viewer sees them; undefined when none of them reaches into the picture. */
function drawLines(
  lines: readonly TextLine[],
  { corner, size, margin, background }: CaptionStyle,
  picture: { width: number; height: number },
): Masks | undefined {
  const ascent = Math.ceil((ASCENT / UNITS_PER_EM) * size);
  const lineHeight = Math.round(LINE_HEIGHT * size);
  const textHeight = ascent + Math.ceil((DESCENT / UNITS_PER_EM) * size) + (lines.length - 1) * lineHeight;
  const textWidth = Math.ceil(lines.reduce((widest, line) => Math.max(widest, line.width), 0));
  if (textWidth === 0) return undefined;
  const textTop = corner.startsWith("top") ? margin : picture.height - margin - textHeight;
  const startOf = (width: number): number => {
    if (corner.endsWith("left")) return margin;
    return corner.endsWith("right") ? picture.width - margin - width : Math.round((picture.width - width) / 2);
  };

  // The rectangle of the text with what surrounds it, as far as it lies within the picture.
  const padding = Math.ceil(background ? Math.min(size / 3, margin) : edgeWidth(size) + 1);
  const x = Math.max(0, startOf(textWidth) - padding);
  const y = Math.max(0, textTop - padding);
  const width = Math.min(picture.width, startOf(textWidth) + textWidth + padding) - x;
  const height = Math.min(picture.height, textTop + textHeight + padding) - y;
  if (width <= 0 || height <= 0) return undefined;

  const fill = new Uint8Array(width * height);
  const edge = new Uint8Array(width * height);
  const box = new Uint8Array(width * height).fill(background ? 255 : 0);
  lines.forEach((line, index) => {
    const baseline = textTop + ascent + index * lineHeight - y;
    if (baseline + lineHeight < 0 || baseline - lineHeight > height) return;
    let pen = startOf(line.width) - x;
    for (const codePoint of line.codePoints) {
      const { advance, left, top, width: glyphWidth, height: glyphHeight, ...masks } = glyph(codePoint, size, pen);
      const place = { x: Math.floor(pen) + left, y: baseline + top, width: glyphWidth, height: glyphHeight };
      lighten(fill, { width, height }, masks.fill, place);
      if (!background) lighten(edge, { width, height }, masks.edge, place);
      pen += advance;
    }
  });
  return { x, y, width, height, fill, edge, box };
}

/** Adds a character's mask to that of the whole text; where they overlap the stronger one counts. */
function lighten(
  onto: Uint8Array,
  size: { width: number; height: number },
  mask: Uint8Array,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const firstColumn = Math.max(0, -x);
  const lastColumn = Math.min(width, size.width - x);
  const lastRow = Math.min(height, size.height - y);
  for (let row = Math.max(0, -y); row < lastRow; row += 1) {
    const write = (y + row) * size.width + x;
    for (let column = firstColumn; column < lastColumn; column += 1) {
      const covered = mask[row * width + column] as number;
      if (covered > (onto[write + column] as number)) onto[write + column] = covered;
    }
  }
}

/** Turns masks from the viewer's picture into the one in memory. */
function turnBack(masks: Masks, { width, height, rotation }: CaptionTarget): Masks {
  const { x, y, width: across, height: down } = masks;
  switch (rotation) {
    case 0:
      return masks;
    case 90:
      return turned(masks, { x: y, y: height - x - across, width: down, height: across }, rotatePlane270);
    case 180:
      return turned(masks, { x: width - x - across, y: height - y - down, width: across, height: down }, (from, to) =>
        flipPlaneHorizontally(from, to, true),
      );
    case 270:
      return turned(masks, { x: width - y - down, y: x, width: down, height: across }, rotatePlane90);
  }
}

function turned(
  masks: Masks,
  place: { x: number; y: number; width: number; height: number },
  turn: (from: Plane, to: Plane) => void,
): Masks {
  const turnMask = (mask: Uint8Array): Uint8Array => {
    const data = new Uint8Array(mask.length);
    turn(
      { data: mask, stride: masks.width, width: masks.width, height: masks.height },
      { data, stride: place.width, width: place.width, height: place.height },
    );
    return data;
  };
  return { ...place, fill: turnMask(masks.fill), edge: turnMask(masks.edge), box: turnMask(masks.box) };
}
