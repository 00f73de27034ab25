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

/**
 * The outline of a character: Latin, Greek, Cyrillic and Vietnamese letters, digits, punctuation, arrows and some symbols
 * of DejaVu Sans Bold. What the font lacks is shown as an empty box.
 */
export function glyphOutline(codePoint: number): GlyphOutline {
  font ??= new OutlineFont(GLYPHS);
  return font.outline(codePoint) ?? MISSING;
}

let font: OutlineFont | undefined;

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

/**
 * Reads the format that `scripts/generate-caption-font.ts` describes. It notes where each glyph begins and takes it
 * apart when it is asked for: a caption shows few of them, and the first one must not wait for all.
 */
class OutlineFont {
  readonly #bytes: string;
  /** Where each glyph begins. */
  readonly #starts: number[] = [];
  readonly #glyphs = new Map<number, GlyphOutline>();
  readonly #indexOf = new Map<number, number>();
  #position = 0;

  constructor(base64: string) {
    this.#bytes = atob(base64);
    for (let count = this.#unsigned(); count > 0; count -= 1) {
      this.#starts.push(this.#position);
      this.#skipGlyph();
    }
    let code = 0;
    for (let count = this.#unsigned(); count > 0; count -= 1) {
      code += this.#unsigned();
      this.#indexOf.set(code, this.#unsigned());
    }
  }

  outline(codePoint: number): GlyphOutline | undefined {
    const index = this.#indexOf.get(codePoint);
    return index === undefined ? undefined : this.#glyph(index);
  }

  #glyph(index: number): GlyphOutline {
    const known = this.#glyphs.get(index);
    if (known) return known;
    const start = this.#starts[index];
    invariant(start !== undefined, "every character and every part has a glyph");
    this.#position = start;
    const advance = this.#unsigned();
    const partCount = this.#unsigned();
    const glyph = { advance, contours: partCount > 0 ? this.#composed(index, partCount) : this.#drawn() };
    this.#glyphs.set(index, glyph);
    return glyph;
  }

  #composed(index: number, partCount: number): (readonly OutlinePoint[])[] {
    const parts = Array.from({ length: partCount }, () => {
      const part = index - this.#unsigned();
      return { part, x: this.#signed(), y: this.#signed() };
    });
    return parts.flatMap(({ part, x, y }) =>
      this.#glyph(part).contours.map((contour) =>
        contour.map((point) => ({ x: point.x + x, y: point.y + y, onCurve: point.onCurve })),
      ),
    );
  }

  #drawn(): (readonly OutlinePoint[])[] {
    let x = 0;
    let y = 0;
    return Array.from({ length: this.#unsigned() }, () =>
      Array.from({ length: this.#unsigned() }, () => {
        const step = this.#unsigned();
        x += unzigzag(step >> 1);
        y += this.#signed();
        return { x, y, onCurve: (step & 1) === 1 };
      }),
    );
  }

  #skipGlyph(): void {
    this.#unsigned();
    const partCount = this.#unsigned();
    if (partCount > 0) {
      this.#skip(3 * partCount);
      return;
    }
    for (let contours = this.#unsigned(); contours > 0; contours -= 1) this.#skip(2 * this.#unsigned());
  }

  /** Passes over a number of varints: each ends with a byte below 128. */
  #skip(count: number): void {
    for (let left = count; left > 0; this.#position += 1) {
      if (this.#bytes.charCodeAt(this.#position) < 128) left -= 1;
    }
  }

  #unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.charCodeAt(this.#position);
      this.#position += 1;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  #signed(): number {
    return unzigzag(this.#unsigned());
  }
}

function unzigzag(value: number): number {
  return value & 1 ? -((value + 1) >> 1) : value >> 1;
}
