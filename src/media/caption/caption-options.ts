import { FastRtcError } from "../../errors.ts";
import { type Color, parseColor, type Rgba } from "../color.ts";

/** Where on the picture, as the viewer sees it, a caption stands; `top` and `bottom` are centred. */
export type CaptionCorner = "top-left" | "top" | "top-right" | "bottom-left" | "bottom" | "bottom-right";

/** How `VideoFrame.caption` writes. */
export interface CaptionOptions {
  /** @default "bottom-right" */
  corner?: CaptionCorner;
  /**
   * The text's colour. A thin dark line around the characters (a light one around dark text) keeps them readable
   * on any picture. @default "#7fee64", a light green
   */
  color?: Color;
  /** A box of this colour behind the text, instead of the line around it. @default none */
  background?: Color;
  /** Height of the font in pixels (its em; capital letters are about 0.73 of it), from 4 to 512. @default 24 */
  size?: number;
  /** Distance from the picture's edges in pixels, 0 or more. @default 10 */
  margin?: number;
}

/** The options after their check. */
export interface CaptionStyle {
  readonly corner: CaptionCorner;
  readonly color: Rgba;
  readonly background: Rgba | undefined;
  readonly size: number;
  readonly margin: number;
}

const CORNERS: readonly string[] = ["top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"];

/** @throws {FastRtcError} `invalid_argument` with the name of the option that is wrong. */
export function parseCaptionOptions({
  corner = "bottom-right",
  color = "#7fee64",
  background,
  size = 24,
  margin = 10,
}: CaptionOptions): CaptionStyle {
  if (!CORNERS.includes(corner)) {
    throw invalid(`A caption's corner must be one of ${CORNERS.join(", ")}, but it is ${corner}.`);
  }
  if (!(Number.isFinite(size) && size >= 4 && size <= 512)) {
    throw invalid(`A caption's size must be a number of pixels from 4 to 512, but it is ${String(size)}.`);
  }
  if (!(Number.isFinite(margin) && margin >= 0)) {
    throw invalid(`A caption's margin must be a number of pixels of at least 0, but it is ${String(margin)}.`);
  }
  return {
    corner,
    color: parseColor(color, "A caption's color"),
    background: background === undefined ? undefined : parseColor(background, "A caption's background"),
    size,
    margin: Math.round(margin),
  };
}

/** The lines of a caption, from what a caller gave. */
export function parseCaptionLines(lines: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = Array.isArray(lines) ? lines : [lines];
  const strange = list.find((line) => typeof line !== "string");
  if (strange !== undefined || list.includes(undefined)) {
    throw invalid(`A caption is a string or an array of strings, but it holds ${String(strange)}.`);
  }
  return list as readonly string[];
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_argument", message);
}
