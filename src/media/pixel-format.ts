import { FastRtcError } from "../errors.ts";
import { i420ByteLength } from "./i420.ts";

/**
 * How a picture's pixels lie in memory, row after row from the top, without gaps:
 * - `rgba`: height x width x 4 bytes, what a canvas' `ImageData` holds
 * - `rgb24`: height x width x 3 bytes, red first
 * - `bgr24`: height x width x 3 bytes, blue first, what OpenCV and FastRTC's Python handlers use
 * - `gray8`: height x width bytes, brightness from 0 (black) to 255 (white)
 * - `i420`: height x width bytes of luma (16-235), then both chroma planes (U, V; 16-240), each
 *   ceil(height / 2) x ceil(width / 2) bytes; the codecs' own layout
 */
export type PixelFormat = "rgba" | "rgb24" | "bgr24" | "gray8" | "i420";

/** The largest width and height of a picture: what the codecs can carry. */
const MAX_PICTURE_SIZE = 16_384;

/** Bytes of a picture in a pixel format. */
export function pixelByteLength(format: PixelFormat, width: number, height: number): number {
  switch (format) {
    case "rgba":
      return width * height * 4;
    case "rgb24":
    case "bgr24":
      return width * height * 3;
    case "gray8":
      return width * height;
    case "i420":
      return i420ByteLength(width, height);
    default:
      throw new FastRtcError(
        "invalid_argument",
        `Unknown pixel format ${quote(format)}: use "rgba", "rgb24", "bgr24", "gray8" or "i420".`,
      );
  }
}

/**
 * Checks the size of a picture that somebody asked for.
 * @throws {FastRtcError} `invalid_argument` unless both are integers from 1 to 16384.
 */
export function assertPictureSize(width: number, height: number): void {
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const) {
    if (!Number.isInteger(size) || size < 1 || size > MAX_PICTURE_SIZE) {
      throw new FastRtcError(
        "invalid_argument",
        `A picture's ${name} must be an integer from 1 to ${MAX_PICTURE_SIZE}, but it is ${String(size)}.`,
      );
    }
  }
}

function quote(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
