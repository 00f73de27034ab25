import type { Plane } from "./plane.ts";

/** Weights have 14 binary places: those of one sample add up to exactly this. */
const WEIGHT_ONE = 16_384;

/** A half that rounds in the second step, where 14 places of the weights and 8 of a line are dropped. */
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
  // A line is what a target row is made of, at the source's width, with 8 binary places.
  const line = new Uint16Array(from.width + 1);
  const sums = new Int32Array(from.width);
  let weightIndex = 0;
  for (let row = 0; row < to.height; row += 1) {
    const start = (rows.starts[row] as number) * from.stride;
    const count = rows.counts[row] as number;
    const first = rows.weights[weightIndex] as number;
    if (first === WEIGHT_ONE) takeRow(from.data, start, line, from.width);
    else if (count === 2) mixRows(from.data, start, start + from.stride, first, line, from.width);
    else {
      sums.fill(32);
      for (let index = 0; index < count; index += 1) {
        addRow(from.data, start + index * from.stride, rows.weights[weightIndex + index] as number, sums);
      }
      for (let column = 0; column < from.width; column += 1) line[column] = (sums[column] as number) >> 6;
    }
    weightIndex += count;
    if (columns.inPairs) writeRowByPairs(line, columns, to.data, row * to.stride);
    else writeRow(line, columns, to.data, row * to.stride);
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

function takeRow(source: Uint8Array, start: number, line: Uint16Array, width: number): void {
  for (let column = 0; column < width; column += 1) line[column] = (source[start + column] as number) << 8;
}

/** The mean of two rows; `weight` is the share of the first. Weights have 14 places, of which 6 are dropped. */
function mixRows(
  source: Uint8Array,
  start: number,
  below: number,
  weight: number,
  line: Uint16Array,
  width: number,
): void {
  const rest = WEIGHT_ONE - weight;
  for (let column = 0; column < width; column += 1) {
    line[column] =
      (Math.imul(source[start + column] as number, weight) + Math.imul(source[below + column] as number, rest) + 32) >>
      6;
  }
}

function addRow(source: Uint8Array, start: number, weight: number, sums: Int32Array): void {
  for (let column = 0; column < sums.length; column += 1) {
    sums[column] = (sums[column] as number) + Math.imul(source[start + column] as number, weight);
  }
}

function writeRow(
  line: Uint16Array,
  { starts, counts, weights }: Sampling,
  target: Uint8Array,
  targetStart: number,
): void {
  let weightIndex = 0;
  for (let column = 0; column < starts.length; column += 1) {
    let read = starts[column] as number;
    let sum = WEIGHT_HALF;
    for (const stop = read + (counts[column] as number); read < stop; read += 1) {
      sum += Math.imul(line[read] as number, weights[weightIndex] as number);
      weightIndex += 1;
    }
    target[targetStart + column] = sum >> 22;
  }
}

function writeRowByPairs(
  line: Uint16Array,
  { starts, weights }: Sampling,
  target: Uint8Array,
  targetStart: number,
): void {
  for (let column = 0; column < starts.length; column += 1) {
    const read = starts[column] as number;
    const left = Math.imul(line[read] as number, weights[2 * column] as number);
    // A line of one sample is followed by a 0, whose weight is 0.
    const right = Math.imul(line[read + 1] as number, weights[2 * column + 1] as number);
    target[targetStart + column] = (left + right + WEIGHT_HALF) >> 22;
  }
}
