import type { PictureColors } from "../../media/encoded-video-frame.ts";
import type { ColorSpaceCode } from "../../rtp/header-extensions.ts";

const BT709 = 1;
/** The two generations of BT.601, of 625 and of 525 lines, have the same matrix. */
const BT601: readonly number[] = [5, 6];

/** What a peer's color space says of its pictures; `undefined` for one that is neither BT.601 nor BT.709, as good as none. */
export function colorsOf(code: ColorSpaceCode | undefined): PictureColors | undefined {
  if (!code) return undefined;
  const { matrix, range } = code;
  if (matrix !== BT709 && !BT601.includes(matrix)) return undefined;
  return { colorSpace: matrix === BT709 ? "bt709" : "bt601", isFullRange: range === "full" };
}

/** The same, to be told to a peer. */
export function codeOf({ colorSpace, isFullRange }: PictureColors): ColorSpaceCode {
  const code = colorSpace === "bt709" ? BT709 : 6;
  return { primaries: code, transfer: code, matrix: code, range: isFullRange ? "full" : "limited" };
}
