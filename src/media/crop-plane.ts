import type { Plane } from "./plane.ts";

/** Copies the part of `from` that begins at column `x` and row `y` and is as large as `to`. */
export function cropPlane(from: Plane, to: Plane, x: number, y: number): void {
  for (let row = 0; row < to.height; row += 1) {
    const start = (y + row) * from.stride + x;
    to.data.set(from.data.subarray(start, start + to.width), row * to.stride);
  }
}

/**
 * The same, half a sample further right (`halfX`) or down (`halfY`), where a chroma sample of a picture cut at an odd
 * place lies: each sample is the mean of its neighbours, the last ones repeated at the edge.
 */
export function cropPlaneBetween(
  from: Plane,
  to: Plane,
  { x, y, halfX, halfY }: { x: number; y: number; halfX: boolean; halfY: boolean },
): void {
  const { data, stride } = from;
  for (let row = 0; row < to.height; row += 1) {
    const top = (y + row) * stride;
    const bottom = halfY && y + row + 1 < from.height ? top + stride : top;
    const write = row * to.stride;
    for (let column = 0; column < to.width; column += 1) {
      const left = x + column;
      const right = halfX && left + 1 < from.width ? left + 1 : left;
      const sum =
        (data[top + left] as number) +
        (data[top + right] as number) +
        (data[bottom + left] as number) +
        (data[bottom + right] as number);
      to.data[write + column] = (sum + 2) >> 2;
    }
  }
}
