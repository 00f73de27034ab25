import { glyphAdvance } from "./glyph.ts";

/** How many characters of a caption are looked at: more than fit into any picture. */
const MAX_CHARACTERS = 4_000;

/** Invisible characters that only choose between forms of their neighbours, and marks that the font cannot place. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Variation_Selector}]/u;

/** Text as it will be drawn: the code points of each line, and its width in pixels. */
export interface TextLine {
  readonly codePoints: readonly number[];
  readonly width: number;
}

/**
 * Breaks text into lines of at most `maxWidth` pixels: at line feeds, then between words, and within a word that is
 * longer than a line. Every line holds at least one character.
 */
export function layOut(texts: readonly string[], size: number, maxWidth: number): TextLine[] {
  let left = MAX_CHARACTERS;
  const lines: TextLine[] = [];
  for (const text of texts) {
    // Cut before normalising: the text may come from the network and be of any length.
    for (const paragraph of text
      .slice(0, left)
      .normalize("NFC")
      .split(/\r\n|\r|\n/)) {
      wrap(paragraph, size, maxWidth, lines);
    }
    left = Math.max(0, left - text.length);
  }
  return lines;
}

function wrap(paragraph: string, size: number, maxWidth: number, lines: TextLine[]): void {
  let line: number[] = [];
  let width = 0;
  /** The last place where the line may end, and its width up to there. */
  let breakAt = 0;
  let widthAtBreak = 0;
  for (const character of paragraph.replaceAll("\t", "    ")) {
    if (UNSEEN.test(character)) continue;
    const codePoint = character.codePointAt(0) as number;
    const advance = glyphAdvance(codePoint, size);
    if (codePoint === SPACE) {
      breakAt = line.length;
      widthAtBreak = width;
    } else if (width + advance > maxWidth && line.length > 0) {
      if (breakAt > 0) {
        lines.push({ codePoints: line.slice(0, breakAt), width: widthAtBreak });
        line = line.slice(line[breakAt] === SPACE ? breakAt + 1 : breakAt);
      } else {
        lines.push({ codePoints: line, width });
        line = [];
      }
      width = line.reduce((sum, kept) => sum + glyphAdvance(kept, size), 0);
      breakAt = 0;
    }
    line.push(codePoint);
    width += advance;
  }
  lines.push({ codePoints: line, width });
}

const SPACE = 0x20;
