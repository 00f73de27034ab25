import type { Plane } from "./plane.ts";

/** Weights have 14 binary places: those of one sample add up to exactly this. */
const WEIGHT_ONE = 16_384;

/** A half that rounds in the second step, where 14 places of the weights and 8 of the first step are dropped. */
const WEIGHT_HALF = 1 << 21;

/** The part of a plane that is read, in samples; fractions are allowed. */
export interface PlaneWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Scales a part of `from` to the size of `to`, each direction for itself: a sample that becomes smaller is the mean of
 * the area it covers, one that becomes larger is interpolated between its two neighbours. Fixed-point, so the result
 * is the same on every machine; a plane of one value stays exactly that value.
 */
export function resizePlane(from: Plane, to: Plane, window: PlaneWindow): void {
  const columns = sampling(window.x, window.width, from.width, to.width);
  const rows = sampling(window.y, window.height, from.height, to.height);
  const sums = new Int32Array(to.width);

  // Neighbouring target rows share at most one source row, so two filtered rows are enough to filter each only once.
  const lines = [new Uint16Array(to.width), new Uint16Array(to.width)] as const;
  const lineRows = [-1, -1];
  const filteredRow = (row: number): Uint16Array => {
    const parity = (row & 1) as 0 | 1;
    const line = lines[parity];
    if (lineRows[parity] !== row) {
      lineRows[parity] = row;
      if (columns.inPairs) filterRowByPairs(from.data, row * from.stride, columns, line);
      else filterRow(from.data, row * from.stride, columns, line);
    }
    return line;
  };

  let weightIndex = 0;
  for (let row = 0; row < to.height; row += 1) {
    const firstRow = rows.starts[row] as number;
    const count = rows.counts[row] as number;
    const write = row * to.stride;
    if (count === 2) {
      const weight = rows.weights[weightIndex] as number;
      const above = filteredRow(firstRow);
      // Below the last row there is nothing; its weight is 0.
      const below = weight === WEIGHT_ONE ? above : filteredRow(firstRow + 1);
      writeMix(above, below, weight, to.data, write);
    } else {
      sums.fill(WEIGHT_HALF);
      for (let index = 0; index < count; index += 1) {
        addWeighted(sums, filteredRow(firstRow + index), rows.weights[weightIndex + index] as number);
      }
      writeSums(sums, to.data, write);
    }
    weightIndex += count;
  }
}

/** Which source samples each target sample is made of. The weights lie one after another. */
interface Sampling {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  /** Whether each target sample is made of exactly two. */
  readonly inPairs: boolean;
}

/** Plans one direction: `size` samples from `offset` onwards of a line of `sourceSize` become `targetSize`. */
function sampling(offset: number, size: number, sourceSize: number, targetSize: number): Sampling {
  const scale = size / targetSize;
  return scale > 1
    ? areaSampling(offset, scale, sourceSize, targetSize)
    : linearSampling(offset, scale, sourceSize, targetSize);
}

function areaSampling(offset: number, scale: number, sourceSize: number, targetSize: number): Sampling {
  const starts = new Int32Array(targetSize);
  const counts = new Int32Array(targetSize);
  const weights: number[] = [];
  for (let target = 0; target < targetSize; target += 1) {
    const begin = Math.min(offset + target * scale, sourceSize - 1);
    const end = Math.min(Math.max(offset + (target + 1) * scale, begin), sourceSize);
    const start = Math.floor(begin);
    const stop = Math.max(start + 1, Math.ceil(end));
    starts[target] = start;
    counts[target] = stop - start;
    // Rounding the running total instead of each weight makes them add up exactly.
    let given = 0;
    for (let source = start; source < stop; source += 1) {
      const covered = end > begin ? (Math.min(source + 1, end) - begin) / (end - begin) : 1;
      const total = source + 1 === stop ? WEIGHT_ONE : Math.round(covered * WEIGHT_ONE);
      weights.push(total - given);
      given = total;
    }
  }
  return { starts, counts, weights: Int32Array.from(weights), inPairs: counts.every((count) => count === 2) };
}

function linearSampling(offset: number, scale: number, sourceSize: number, targetSize: number): Sampling {
  const starts = new Int32Array(targetSize);
  const counts = new Int32Array(targetSize).fill(2);
  const weights = new Int32Array(2 * targetSize);
  for (let target = 0; target < targetSize; target += 1) {
    // The middle of a target sample, measured between the middles of source samples.
    const middle = Math.min(Math.max(offset + (target + 0.5) * scale - 0.5, 0), sourceSize - 1);
    const start = Math.max(0, Math.min(Math.floor(middle), sourceSize - 2));
    starts[target] = start;
    const second = Math.round((middle - start) * WEIGHT_ONE);
    weights[2 * target] = WEIGHT_ONE - second;
    weights[2 * target + 1] = second;
  }
  return { starts, counts, weights, inPairs: true };
}

// A filtered sample has 8 binary places: 14 + 8 bits of weighted bytes, of which 6 are dropped.

function filterRow(
  source: Uint8Array,
  rowStart: number,
  { starts, counts, weights }: Sampling,
  target: Uint16Array,
): void {
  let weightIndex = 0;
  for (let column = 0; column < target.length; column += 1) {
    let read = rowStart + (starts[column] as number);
    let sum = 32;
    for (const stop = read + (counts[column] as number); read < stop; read += 1) {
      sum += Math.imul(source[read] as number, weights[weightIndex] as number);
      weightIndex += 1;
    }
    target[column] = sum >> 6;
  }
}

function filterRowByPairs(
  source: Uint8Array,
  rowStart: number,
  { starts, weights }: Sampling,
  target: Uint16Array,
): void {
  for (let column = 0; column < target.length; column += 1) {
    const read = rowStart + (starts[column] as number);
    const left = source[read] as number;
    // In a plane of one column there is no right neighbour; its weight is 0.
    const step = ((source[read + 1] as number) - left) | 0;
    target[column] = (left << 8) + ((Math.imul(step, weights[2 * column + 1] as number) + 32) >> 6);
  }
}

/** Writes a row between two filtered ones; `weight` is the share of `above`. */
function writeMix(above: Uint16Array, below: Uint16Array, weight: number, target: Uint8Array, start: number): void {
  const rest = WEIGHT_ONE - weight;
  for (let column = 0; column < above.length; column += 1) {
    const sum = Math.imul(above[column] as number, weight) + Math.imul(below[column] as number, rest);
    target[start + column] = (sum + WEIGHT_HALF) >> 22;
  }
}

function addWeighted(sums: Int32Array, line: Uint16Array, weight: number): void {
  for (let column = 0; column < sums.length; column += 1) {
    sums[column] = (sums[column] as number) + Math.imul(line[column] as number, weight);
  }
}

function writeSums(sums: Int32Array, target: Uint8Array, start: number): void {
  for (let column = 0; column < sums.length; column += 1) {
    target[start + column] = (sums[column] as number) >> 22;
  }
}
