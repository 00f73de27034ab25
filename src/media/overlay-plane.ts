import type { Plane } from "./plane.ts";

/**
 * Draws `from` over `onto` with its first sample at column `x` and row `y`, which may lie outside: what does not fit
 * is left out. `opacity` goes from 0, nothing, to 256, nothing of what was there.
 */
export function overlayPlane(
  from: Plane,
  onto: Plane,
  { x, y, opacity }: { x: number; y: number; opacity: number },
): void {
  const firstColumn = Math.max(0, -x);
  const lastColumn = Math.min(from.width, onto.width - x);
  const lastRow = Math.min(from.height, onto.height - y);
  if (lastColumn <= firstColumn) return;
  for (let row = Math.max(0, -y); row < lastRow; row += 1) {
    const read = row * from.stride;
    const write = (y + row) * onto.stride + x;
    if (opacity === 256) {
      onto.data.set(from.data.subarray(read + firstColumn, read + lastColumn), write + firstColumn);
      continue;
    }
    for (let column = firstColumn; column < lastColumn; column += 1) {
      const under = onto.data[write + column] as number;
      const over = from.data[read + column] as number;
      onto.data[write + column] = under + ((Math.imul(over - under, opacity) + 128) >> 8);
    }
  }
}
