/**
 * Finds how much of each pixel lies inside of closed polygons. Every edge adds, where it crosses a pixel row, the
 * (signed) area to its right, so that a sum from left to right gives the winding number of each pixel,
 * with fractions where an edge crosses it. Inside is what has a winding number other than 0.
 */
export class Coverage {
  readonly width: number;
  readonly height: number;
  /** Per pixel: by how much the winding number there differs from that of the pixel to the left. */
  readonly #steps: Float64Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    // One more than needed, because the last edge of the last row may add its 0 behind it.
    this.#steps = new Float64Array((width + 1) * height + 1);
  }

  /** Adds a closed polygon: x and y by turns, all within the canvas. */
  addPolygon(points: readonly number[]): void {
    let x = points.at(-2) ?? 0;
    let y = points.at(-1) ?? 0;
    for (let index = 0; index < points.length; index += 2) {
      const nextX = points[index] as number;
      const nextY = points[index + 1] as number;
      if (y < nextY) this.#addEdge(x, y, nextX, nextY, 1);
      else if (y > nextY) this.#addEdge(nextX, nextY, x, y, -1);
      x = nextX;
      y = nextY;
    }
  }

  /** The coverage of each pixel, from 0 to 255, row by row. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.width * this.height);
    let read = 0;
    let write = 0;
    for (let row = 0; row < this.height; row += 1) {
      let winding = 0;
      for (let column = 0; column < this.width; column += 1) {
        winding += this.#steps[read] as number;
        read += 1;
        bytes[write] = Math.min(Math.abs(winding), 1) * 255 + 0.5;
        write += 1;
      }
      read += 1; // The column that takes what lies right of the last pixel.
    }
    return bytes;
  }

  /** Adds an edge that goes down from (x0, y0) to (x1, y1). */
  #addEdge(x0: number, y0: number, x1: number, y1: number, direction: 1 | -1): void {
    const slope = (x1 - x0) / (y1 - y0);
    let x = x0;
    for (let row = Math.floor(y0); row < y1; row += 1) {
      const bottom = Math.min(row + 1, y1);
      const height = bottom - Math.max(row, y0);
      const nextX = bottom === y1 ? x1 : x + slope * height;
      this.#addSpan(row * (this.width + 1), Math.min(x, nextX), Math.max(x, nextX), height * direction);
      x = nextX;
    }
  }

  /** Adds the piece of an edge within one row: it covers `height` of the row and runs from `left` to `right`. */
  #addSpan(rowStart: number, left: number, right: number, height: number): void {
    const steps = this.#steps;
    const first = Math.floor(left);
    const last = Math.floor(right);
    if (first === last) {
      // The mean distance from the edge to the pixel's right side is the part of it that is covered.
      const covered = first + 1 - (left + right) / 2;
      add(steps, rowStart + first, height * covered);
      add(steps, rowStart + first + 1, height * (1 - covered));
      return;
    }
    // A flat edge covers a triangle of its first pixel, then more and more of those that follow.
    const perPixel = height / (right - left);
    let before = 0;
    for (let column = first; column <= last; column += 1) {
      const begin = Math.max(left, column);
      const end = Math.min(right, column + 1);
      const crossed = (end - begin) * perPixel;
      const covered = crossed * (column + 1 - (begin + end) / 2);
      add(steps, rowStart + column, before + covered);
      before = crossed - covered;
    }
    add(steps, rowStart + last + 1, before);
  }
}

function add(steps: Float64Array, index: number, change: number): void {
  steps[index] = (steps[index] as number) + change;
}
