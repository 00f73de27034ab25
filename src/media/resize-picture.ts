import { FastRtcError } from "../errors.ts";
import { chromaSize } from "./i420.ts";
import { fillPlane, type Plane } from "./plane.ts";
import { resizePlane } from "./resize-plane.ts";

/** What becomes of a picture of another shape than the one asked for, in the words of CSS' `object-fit`. */
export type Fit = "fill" | "contain" | "cover";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which part of the old picture fills which part of the new one. */
export interface Placement {
  /** In pixels of the old picture; fractions are allowed. */
  readonly from: Size & { readonly x: number; readonly y: number };
  /** In pixels of the new picture: integers, `x` and `y` even so that chroma samples stay whole. */
  readonly to: Size & { readonly x: number; readonly y: number };
}

/** Finds where a picture goes when it takes another size. */
export function placePicture(from: Size, to: Size, fit: Fit): Placement {
  const whole = { x: 0, y: 0 };
  const { width, height } = from;
  switch (fit) {
    case "fill":
      return { from: { ...whole, width, height }, to: { ...whole, width: to.width, height: to.height } };
    case "contain": {
      const scale = Math.min(to.width / width, to.height / height);
      const fitted = {
        width: Math.min(to.width, Math.max(1, Math.round(width * scale))),
        height: Math.min(to.height, Math.max(1, Math.round(height * scale))),
      };
      const x = ((to.width - fitted.width) >> 2) << 1;
      const y = ((to.height - fitted.height) >> 2) << 1;
      return { from: { ...whole, width, height }, to: { x, y, ...fitted } };
    }
    case "cover": {
      const scale = Math.max(to.width / width, to.height / height);
      const seen = { width: Math.min(width, to.width / scale), height: Math.min(height, to.height / scale) };
      return {
        from: { x: (width - seen.width) / 2, y: (height - seen.height) / 2, ...seen },
        to: { ...whole, width: to.width, height: to.height },
      };
    }
    default:
      throw new FastRtcError(
        "invalid_argument",
        `resize takes a fit of "fill", "contain" or "cover", but not ${String(fit satisfies never)}.`,
      );
  }
}

/** Scales a picture's planes into those of another one; what the placement leaves free becomes black. */
export function resizePicture(
  from: readonly [Plane, Plane, Plane],
  onto: readonly [Plane, Plane, Plane],
  place: Placement,
): void {
  const [luma] = onto;
  const letterboxed = place.to.width < luma.width || place.to.height < luma.height;
  from.forEach((plane, index) => {
    const target = onto[index as 0 | 1 | 2];
    const isChroma = index > 0;
    if (letterboxed) fillPlane(target, isChroma ? 128 : 16);
    const part = isChroma ? halved(place.to) : place.to;
    // An odd size's last chroma sample reaches beyond the picture: the scale is that of the luma plane all the same.
    const unit = isChroma ? 0.5 : 1;
    const stepX = place.from.width / place.to.width;
    const stepY = place.from.height / place.to.height;
    resizePlane(
      plane,
      { ...target, ...part, data: target.data.subarray(part.y * target.stride + part.x) },
      { x: place.from.x * unit, y: place.from.y * unit, width: part.width * stepX, height: part.height * stepY },
    );
  });
}

function halved({ x, y, width, height }: Placement["to"]): Placement["to"] {
  return { x: x >> 1, y: y >> 1, width: chromaSize(width), height: chromaSize(height) };
}
