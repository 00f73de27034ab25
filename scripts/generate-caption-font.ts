/**
 * Makes `src/media/caption/font-data.ts` from a TrueType font: the outlines of the characters that a caption can
 * show, as one base64 string. Run it again only to change the characters or the font:
 *
 *     npm pack dejavu-fonts-ttf@2.37.3 && tar xf dejavu-fonts-ttf-2.37.3.tgz
 *     npx tsx scripts/generate-caption-font.ts package/ttf/DejaVuSans-Bold.ttf
 *
 * The bytes, read by `src/media/caption/font.ts`; numbers are varints (7 bits a byte, the lowest first), signed ones zigzag:
 * - glyph count, then per glyph: its advance in 1/1024 em; 0, its contour count, and per contour its point count and per
 *   point the step from the last one (x, then y with y downwards), x shifted left by one with the on-curve flag below; or
 *   n > 0 and n parts of earlier glyphs: how many glyphs back, and the shift in x and y
 * - character count, then per character, in ascending order: the step from the last code point and the glyph's index
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const UNITS_PER_EM = 1024;
const LINE_LENGTH = 180;

const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f], // Latin-1, Latin Extended-A
  [0x18f, 0x18f],
  [0x192, 0x192],
  [0x218, 0x21b], // Romanian
  [0x259, 0x259],
  [0x2c6, 0x2c7],
  [0x2d8, 0x2dd],
  [0x384, 0x3ce], // Greek
  [0x400, 0x45f], // Cyrillic
  [0x490, 0x493],
  [0x49a, 0x49b],
  [0x4a2, 0x4a3],
  [0x4ae, 0x4b1],
  [0x4d8, 0x4d9],
  [0x4e8, 0x4e9],
  [0x1ea0, 0x1ef9], // Vietnamese
  [0x1a0, 0x1a1],
  [0x1af, 0x1b0],
  [0x2010, 0x2015], // Dashes, quotes, bullets
  [0x2018, 0x2022],
  [0x2026, 0x2026],
  [0x2030, 0x2033],
  [0x2039, 0x203a],
  [0x20ac, 0x20ac],
  [0x20b9, 0x20b9],
  [0x2116, 0x2116],
  [0x2122, 0x2122],
  [0x2190, 0x2199], // Arrows
  [0x21d0, 0x21d4],
  [0x2202, 0x2202],
  [0x2206, 0x2206],
  [0x2211, 0x2212],
  [0x221a, 0x221a],
  [0x221e, 0x221e],
  [0x2248, 0x2248],
  [0x2260, 0x2260],
  [0x2264, 0x2265],
  [0x2588, 0x2588],
  [0x2591, 0x2593],
  [0x25a0, 0x25a1],
  [0x25b2, 0x25b2],
  [0x25b6, 0x25b6],
  [0x25bc, 0x25bc],
  [0x25c0, 0x25c0],
  [0x25cb, 0x25cb],
  [0x25cf, 0x25cf],
  [0x2605, 0x2606],
  [0x2665, 0x2665],
  [0x266a, 0x266a],
  [0x2713, 0x2714],
  [0x2717, 0x2717],
];

interface Point {
  readonly x: number;
  readonly y: number;
  readonly onCurve: boolean;
}

interface Part {
  readonly glyph: number;
  readonly x: number;
  readonly y: number;
}

type Outline = { readonly contours: readonly (readonly Point[])[] } | { readonly parts: readonly Part[] };

/** The few tables of an OpenType font with TrueType outlines that captions need. */
class TrueTypeFont {
  readonly #view: DataView;
  readonly #tables = new Map<string, number>();
  readonly #scale: number;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < this.#view.getUint16(4); index += 1) {
      const record = 12 + 16 * index;
      const tag = String.fromCharCode(...bytes.subarray(record, record + 4));
      this.#tables.set(tag, this.#view.getUint32(record + 8));
    }
    this.#scale = UNITS_PER_EM / this.#view.getUint16(this.#table("head") + 18);
  }

  ascentAndDescent(): [number, number] {
    const hhea = this.#table("hhea");
    return [this.#view.getInt16(hhea + 4), -this.#view.getInt16(hhea + 6)].map((units) =>
      Math.round(units * this.#scale),
    ) as [number, number];
  }

  advance(glyph: number): number {
    const metrics = this.#view.getUint16(this.#table("hhea") + 34);
    return Math.round(this.#view.getUint16(this.#table("hmtx") + 4 * Math.min(glyph, metrics - 1)) * this.#scale);
  }

  /** The glyph of every character, from the table for the Basic Multilingual Plane (format 4). */
  characters(): Map<number, number> {
    const view = this.#view;
    const cmap = this.#table("cmap");
    for (let index = 0; index < view.getUint16(cmap + 2); index += 1) {
      const table = cmap + view.getUint32(cmap + 8 + 8 * index);
      if (view.getUint16(table) !== 4) continue;
      const glyphs = new Map<number, number>();
      const twiceSegments = view.getUint16(table + 6);
      for (let segment = 0; segment < twiceSegments; segment += 2) {
        const end = view.getUint16(table + 14 + segment);
        const start = view.getUint16(table + 16 + twiceSegments + segment);
        const delta = view.getUint16(table + 16 + 2 * twiceSegments + segment);
        const offsetAt = table + 16 + 3 * twiceSegments + segment;
        const offset = view.getUint16(offsetAt);
        for (let code = start; code <= end && code < 0xffff; code += 1) {
          const raw = offset === 0 ? code : view.getUint16(offsetAt + offset + 2 * (code - start));
          const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff;
          if (glyph !== 0) glyphs.set(code, glyph);
        }
      }
      return glyphs;
    }
    throw new Error("The font has no character table of format 4.");
  }

  outline(glyph: number): Outline {
    const view = this.#view;
    const loca = this.#table("loca");
    const long = view.getInt16(this.#table("head") + 50) === 1;
    const at = (index: number): number =>
      long ? view.getUint32(loca + 4 * index) : 2 * view.getUint16(loca + 2 * index);
    if (at(glyph) === at(glyph + 1)) return { contours: [] };
    const start = this.#table("glyf") + at(glyph);
    const contourCount = view.getInt16(start);
    return contourCount < 0 ? this.#composite(start + 10) : this.#simple(start + 10, contourCount);
  }

  #simple(start: number, contourCount: number): Outline {
    const view = this.#view;
    const ends = Array.from({ length: contourCount }, (_, index) => view.getUint16(start + 2 * index));
    const pointCount = (ends.at(-1) ?? -1) + 1;
    let read = start + 2 * contourCount;
    read += 2 + view.getUint16(read);
    const flags: number[] = [];
    while (flags.length < pointCount) {
      const flag = view.getUint8(read++);
      flags.push(flag);
      if (flag & 8) for (let repeat = view.getUint8(read++); repeat > 0; repeat -= 1) flags.push(flag);
    }
    const axis = (short: number, same: number): number[] => {
      let value = 0;
      return flags.map((flag) => {
        if (flag & short) value += flag & same ? view.getUint8(read++) : -view.getUint8(read++);
        else if (!(flag & same)) {
          value += view.getInt16(read);
          read += 2;
        }
        return value;
      });
    };
    const xs = axis(2, 16);
    const ys = axis(4, 32);
    const points = flags.map((flag, index) => ({
      x: Math.round((xs[index] as number) * this.#scale),
      y: Math.round(-(ys[index] as number) * this.#scale),
      onCurve: (flag & 1) !== 0,
    }));
    return {
      contours: ends.map((end, index) => points.slice(index === 0 ? 0 : (ends[index - 1] as number) + 1, end + 1)),
    };
  }

  #composite(start: number): Outline {
    const view = this.#view;
    const parts: (Part & { transform: [number, number, number, number] })[] = [];
    let read = start;
    for (let flags = 32; flags & 32;) {
      flags = view.getUint16(read);
      const glyph = view.getUint16(read + 2);
      if (!(flags & 2)) throw new Error("Composite glyphs that match points are not supported.");
      const words = (flags & 1) !== 0;
      const x = words ? view.getInt16(read + 4) : view.getInt8(read + 4);
      const y = words ? view.getInt16(read + 6) : view.getInt8(read + 5);
      read += words ? 8 : 6;
      const fraction = (): number => {
        read += 2;
        return view.getInt16(read - 2) / 16_384;
      };
      let transform: [number, number, number, number] = [1, 0, 0, 1];
      if (flags & 8) {
        const both = fraction();
        transform = [both, 0, 0, both];
      } else if (flags & 64) transform = [fraction(), 0, 0, fraction()];
      else if (flags & 128) transform = [fraction(), fraction(), fraction(), fraction()];
      parts.push({ glyph, x: Math.round(x * this.#scale), y: Math.round(-y * this.#scale), transform });
    }
    if (parts.every(({ transform }) => transform.join() === "1,0,0,1")) return { parts };
    // Mirrored or scaled parts are rare: write them out.
    return {
      contours: parts.flatMap(({ glyph, x, y, transform: [xx, xy, yx, yy] }) =>
        this.#flatten(glyph).map((contour) => {
          const points = contour.map((point) => ({
            x: Math.round(point.x * xx - point.y * yx) + x,
            y: Math.round(-point.x * xy + point.y * yy) + y,
            onCurve: point.onCurve,
          }));
          // A mirrored contour would wind the other way and become a hole.
          return xx * yy - xy * yx < 0 ? points.toReversed() : points;
        }),
      ),
    };
  }

  #flatten(glyph: number): readonly (readonly Point[])[] {
    const outline = this.outline(glyph);
    if ("contours" in outline) return outline.contours;
    return outline.parts.flatMap((part) =>
      this.#flatten(part.glyph).map((contour) =>
        contour.map((point) => ({ ...point, x: point.x + part.x, y: point.y + part.y })),
      ),
    );
  }

  #table(tag: string): number {
    const start = this.#tables.get(tag);
    if (start === undefined) throw new Error(`The font has no ${tag} table.`);
    return start;
  }
}

class ByteWriter {
  readonly bytes: number[] = [];

  unsigned(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.bytes.push((rest & 127) | 128);
    this.bytes.push(rest);
  }

  signed(value: number): void {
    this.unsigned(zigzag(value));
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function encode(font: TrueTypeFont): { data: string; glyphCount: number; characterCount: number } {
  const glyphOf = font.characters();
  const order = new Map<number, number>();
  const glyphs = new ByteWriter();

  const add = (glyph: number): number => {
    const known = order.get(glyph);
    if (known !== undefined) return known;
    const outline = font.outline(glyph);
    const parts = "parts" in outline ? outline.parts.map((part) => ({ ...part, index: add(part.glyph) })) : [];
    const index = order.size;
    order.set(glyph, index);
    glyphs.unsigned(font.advance(glyph));
    glyphs.unsigned(parts.length);
    for (const part of parts) {
      glyphs.unsigned(index - part.index);
      glyphs.signed(part.x);
      glyphs.signed(part.y);
    }
    if ("contours" in outline) {
      glyphs.unsigned(outline.contours.length);
      let x = 0;
      let y = 0;
      for (const contour of outline.contours) {
        glyphs.unsigned(contour.length);
        for (const point of contour) {
          glyphs.unsigned(zigzag(point.x - x) * 2 + (point.onCurve ? 1 : 0));
          glyphs.signed(point.y - y);
          ({ x, y } = point);
        }
      }
    }
    return index;
  };

  const characters = new ByteWriter();
  let characterCount = 0;
  let last = 0;
  const codes = RANGES.flatMap(([first, end]) => Array.from({ length: end - first + 1 }, (_, step) => first + step));
  for (const code of codes.toSorted((a, b) => a - b)) {
    const glyph = glyphOf.get(code);
    if (glyph === undefined) continue;
    characters.unsigned(code - last);
    characters.unsigned(add(glyph));
    characterCount += 1;
    last = code;
  }
  const head = new ByteWriter();
  head.unsigned(order.size);
  const middle = new ByteWriter();
  middle.unsigned(characterCount);
  const data = Buffer.from([...head.bytes, ...glyphs.bytes, ...middle.bytes, ...characters.bytes]).toString("base64");
  return { data, glyphCount: order.size, characterCount };
}

const [path] = process.argv.slice(2);
if (!path) throw new Error("Usage: npx tsx scripts/generate-caption-font.ts <font.ttf>");
const font = new TrueTypeFont(readFileSync(path));
const { data, glyphCount, characterCount } = encode(font);
const [ascent, descent] = font.ascentAndDescent();
const source = fileURLToPath(new URL("../src/media/caption/", import.meta.url));
// The licence asks to be in every copy of the outlines, so it goes where they go.
const licence = readFileSync(`${source}FONT-LICENSE.txt`, "utf8").trim();
const lines = data.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
writeFileSync(
  `${source}font-data.ts`,
  `// Made by scripts/generate-caption-font.ts: ${characterCount} characters of DejaVu Sans Bold 2.37, ${glyphCount} glyphs.

/*! The licence of the outlines:

${licence}
*/

/** All measures of the font are in this fraction of an em. */
export const UNITS_PER_EM = ${UNITS_PER_EM};

/** How far the tallest characters reach above the baseline. */
export const ASCENT = ${ascent};

/** How far the lowest characters reach below the baseline. */
export const DESCENT = ${descent};

/** Glyphs and characters in the format that the script describes, in base64. */
export const GLYPHS =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`,
);
console.log(`${characterCount} characters, ${glyphCount} glyphs, ${data.length} characters of base64`);
