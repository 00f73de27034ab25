import { invariant } from "../../errors.ts";
import { ASCENT, DESCENT, GLYPHS, UNITS_PER_EM } from "./font-data.ts";

export { ASCENT, DESCENT, UNITS_PER_EM };

/** A point of an outline, in font units, x to the right and y downwards from the pen on the baseline. */
export interface OutlinePoint {
  readonly x: number;
  readonly y: number;
  /** Whether the outline goes through the point, or is only bent towards it (quadratic Bézier). */
  readonly onCurve: boolean;
}

export interface GlyphOutline {
  /** How far the pen moves on, in font units. */
  readonly advance: number;
  /** Closed curves; what they go around in one direction more often than in the other is inside. */
  readonly contours: readonly (readonly OutlinePoint[])[];
}

let glyphOf: ReadonlyMap<number, GlyphOutline> | undefined;

/**
 * The outline of a character: Latin, Greek, Cyrillic and Vietnamese letters, digits, punctuation, arrows and some symbols
 * of DejaVu Sans Bold. What the font lacks is shown as an empty box.
 */
export function glyphOutline(codePoint: number): GlyphOutline {
  glyphOf ??= decode(GLYPHS);
  return glyphOf.get(codePoint) ?? MISSING;
}

/** A frame as high as a capital letter. */
const MISSING: GlyphOutline = {
  advance: 700,
  contours: [rectangle(80, -740, 620, 0), rectangle(160, -660, 540, -80).toReversed()],
};

function rectangle(left: number, top: number, right: number, bottom: number): OutlinePoint[] {
  return [
    { x: left, y: top, onCurve: true },
    { x: right, y: top, onCurve: true },
    { x: right, y: bottom, onCurve: true },
    { x: left, y: bottom, onCurve: true },
  ];
}

/** Reads the format that `scripts/generate-caption-font.ts` describes. */
function decode(base64: string): Map<number, GlyphOutline> {
  const bytes = atob(base64);
  let position = 0;
  const unsigned = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.charCodeAt(position);
      position += 1;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const signed = (): number => unzigzag(unsigned());

  const glyphs: GlyphOutline[] = [];
  for (let count = unsigned(); count > 0; count -= 1) {
    const advance = unsigned();
    const contours: (readonly OutlinePoint[])[] = [];
    const partCount = unsigned();
    for (let part = 0; part < partCount; part += 1) {
      const source = glyphs[glyphs.length - unsigned()];
      invariant(source, "a glyph is made of earlier glyphs");
      const x = signed();
      const y = signed();
      for (const contour of source.contours) {
        contours.push(contour.map((point) => ({ ...point, x: point.x + x, y: point.y + y })));
      }
    }
    if (partCount === 0) {
      let x = 0;
      let y = 0;
      for (let contourCount = unsigned(); contourCount > 0; contourCount -= 1) {
        contours.push(
          Array.from({ length: unsigned() }, () => {
            const step = unsigned();
            x += unzigzag(step >> 1);
            y += signed();
            return { x, y, onCurve: (step & 1) === 1 };
          }),
        );
      }
    }
    glyphs.push({ advance, contours });
  }

  const glyphOfCode = new Map<number, GlyphOutline>();
  let code = 0;
  for (let count = unsigned(); count > 0; count -= 1) {
    code += unsigned();
    const glyph = glyphs[unsigned()];
    invariant(glyph, "every character has a glyph");
    glyphOfCode.set(code, glyph);
  }
  return glyphOfCode;
}

function unzigzag(value: number): number {
  return value & 1 ? -((value + 1) >> 1) : value >> 1;
}
