import { Coverage } from "./coverage.ts";
import { glyphOutline, type OutlinePoint, UNITS_PER_EM } from "./font.ts";
import { RecentCache } from "../recent-cache.ts";

/** A character as pixels. */
export interface Glyph {
  /** How far the pen moves on, in pixels. */
  readonly advance: number;
  /** Where the pictures' left upper corner lies, from the pixel of the pen on the baseline. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Per pixel, from 0 to 255, how much of it the character covers. */
  readonly fill: Uint8Array;
  /** The same for a line along the character's edge, which sets it off from what is behind it. */
  readonly edge: Uint8Array;
}

/** The pen stands on a quarter of a pixel, so that characters keep their distances at small sizes. */
const PEN_STEPS = 4;

/** How far a curve drawn as lines may be off, in pixels. */
const FLATNESS = 0.1;

const recentGlyphs = new RecentCache<Glyph>(4_000_000);

/** The width of the line along the edge of characters of `size` pixels, to each side. */
export function edgeWidth(size: number): number {
  return Math.max(1, size / 15);
}

/** How far the pen moves on after a character of `size` pixels per em. */
export function glyphAdvance(codePoint: number, size: number): number {
  return (glyphOutline(codePoint).advance * size) / UNITS_PER_EM;
}

/** A character of `size` pixels per em, for a pen that stands `penX` minus its integer part right of a pixel's left side. */
export function glyph(codePoint: number, size: number, penX: number): Glyph {
  const step = Math.floor((penX - Math.floor(penX)) * PEN_STEPS);
  const key = `${codePoint} ${size} ${step}`;
  const known = recentGlyphs.get(key);
  if (known) return known;
  const made = rasterise(codePoint, size, step / PEN_STEPS);
  recentGlyphs.add(key, made, 2 * made.fill.byteLength + 200);
  return made;
}

function rasterise(codePoint: number, size: number, shiftX: number): Glyph {
  const outline = glyphOutline(codePoint);
  const scale = size / UNITS_PER_EM;
  const advance = outline.advance * scale;
  const polygons = outline.contours.map((contour) => flatten(contour, scale, shiftX));
  if (polygons.length === 0) {
    const nothing = new Uint8Array(0);
    return { advance, left: 0, top: 0, width: 0, height: 0, fill: nothing, edge: nothing };
  }

  const radius = edgeWidth(size);
  const bounds = boundsOf(polygons);
  const left = Math.floor(bounds.left - radius);
  const top = Math.floor(bounds.top - radius);
  const width = Math.ceil(bounds.right + radius) - left;
  const height = Math.ceil(bounds.bottom + radius) - top;
  const fill = new Coverage(width, height);
  const edge = new Coverage(width, height);
  for (const polygon of polygons) {
    const moved = polygon.map((value, index) => value - (index % 2 === 0 ? left : top));
    fill.addPolygon(moved);
    addStroke(edge, moved, radius);
  }
  return { advance, left, top, width, height, fill: fill.toBytes(), edge: edge.toBytes() };
}

/** A contour as a polygon in pixels: x and y by turns. */
function flatten(contour: readonly OutlinePoint[], scale: number, shiftX: number): number[] {
  const points: number[] = [];
  const count = contour.length;
  const at = (index: number): { x: number; y: number; onCurve: boolean } => {
    const { x, y, onCurve } = contour[(index + count) % count] as OutlinePoint;
    return { x: x * scale + shiftX, y: y * scale, onCurve };
  };
  for (let index = 0; index < count; index += 1) {
    const point = at(index);
    if (point.onCurve) {
      points.push(point.x, point.y);
      continue;
    }
    // Between two points off the curve, the curve goes through their middle.
    const before = at(index - 1);
    const after = at(index + 1);
    const start = before.onCurve ? before : middle(before, point);
    const end = after.onCurve ? after : middle(point, after);
    if (!before.onCurve) points.push(start.x, start.y);
    const bend = Math.hypot(start.x - 2 * point.x + end.x, start.y - 2 * point.y + end.y);
    const pieces = Math.ceil(Math.sqrt(bend / (4 * FLATNESS)));
    for (let piece = 1; piece < pieces; piece += 1) {
      const t = piece / pieces;
      const a = (1 - t) * (1 - t);
      const b = 2 * t * (1 - t);
      const c = t * t;
      points.push(a * start.x + b * point.x + c * end.x, a * start.y + b * point.y + c * end.y);
    }
  }
  return points;
}

function middle(a: { x: number; y: number }, b: { x: number; y: number }): { x: number; y: number } {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** Adds a round pen's way along a polygon: a rectangle per side and a disc per corner, all winding alike. */
function addStroke(coverage: Coverage, polygon: readonly number[], radius: number): void {
  const corners = radius < 3 ? 8 : 16;
  const disc = Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * index) / corners;
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
  let fromX = polygon.at(-2) as number;
  let fromY = polygon.at(-1) as number;
  for (let index = 0; index < polygon.length; index += 2) {
    const x = polygon[index] as number;
    const y = polygon[index + 1] as number;
    const length = Math.hypot(x - fromX, y - fromY);
    if (length > 0) {
      const sideX = ((fromY - y) / length) * radius;
      const sideY = ((x - fromX) / length) * radius;
      coverage.addPolygon([
        fromX + sideX,
        fromY + sideY,
        fromX - sideX,
        fromY - sideY,
        x - sideX,
        y - sideY,
        x + sideX,
        y + sideY,
      ]);
    }
    coverage.addPolygon(disc.flatMap((corner) => [x + corner.x, y + corner.y]));
    fromX = x;
    fromY = y;
  }
}

function boundsOf(polygons: readonly (readonly number[])[]): {
  left: number;
  top: number;
  right: number;
  bottom: number;
} {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const polygon of polygons) {
    for (let index = 0; index < polygon.length; index += 2) {
      const x = polygon[index] as number;
      const y = polygon[index + 1] as number;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { left, top, right, bottom };
}
