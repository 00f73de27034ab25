import type { Plane } from "./plane.ts";

/** Writes `from` into `to`, whose width is the height of `from`, turned clockwise by a quarter. */
export function rotatePlane90(from: Plane, to: Plane): void {
  // The first row from the left becomes the last column from the top.
  transpose(from, to, { firstColumn: to.width - 1, columnStep: -1, firstRow: 0, rowStep: to.stride });
}

/** Writes `from` into `to`, whose width is the height of `from`, turned clockwise by three quarters. */
export function rotatePlane270(from: Plane, to: Plane): void {
  // The first row from the left becomes the first column from the bottom.
  transpose(from, to, {
    firstColumn: 0,
    columnStep: 1,
    firstRow: (to.height - 1) * to.stride,
    rowStep: -to.stride,
  });
}

/** How many source columns are turned at a time: as many cache lines of the target are in use. */
const TILE = 64;

interface Course {
  /** Where in the target's rows the source's first row goes, and which way the following ones. */
  readonly firstColumn: number;
  readonly columnStep: 1 | -1;
  /** Where the target row begins that the source's first column goes to, and how far it is to the next. */
  readonly firstRow: number;
  readonly rowStep: number;
}

function transpose(from: Plane, to: Plane, { firstColumn, columnStep, firstRow, rowStep }: Course): void {
  const { data: source, stride, width, height } = from;
  const target = to.data;
  const inFours = height - (height & 3);
  for (let tile = 0; tile < width; tile += TILE) {
    const columns = Math.min(TILE, width - tile);
    const tileStart = firstRow + tile * rowStep + firstColumn;
    for (let row = 0; row < inFours; row += 4) {
      let read = row * stride + tile;
      let write = tileStart + row * columnStep;
      for (const end = read + columns; read < end; read += 1) {
        target[write] = source[read] as number;
        target[write + columnStep] = source[read + stride] as number;
        target[write + 2 * columnStep] = source[read + 2 * stride] as number;
        target[write + 3 * columnStep] = source[read + 3 * stride] as number;
        write += rowStep;
      }
    }
    for (let row = inFours; row < height; row += 1) {
      let read = row * stride + tile;
      let write = tileStart + row * columnStep;
      for (const end = read + columns; read < end; read += 1) {
        target[write] = source[read] as number;
        write += rowStep;
      }
    }
  }
}
