/** Samples, or bytes. */
type Numbers = Float32Array | Int16Array | Uint8Array;

/**
 * The parts one after the other, as one.
 * @param make Gives the memory for so many numbers: `(length) => new Int16Array(length)`.
 */
export function joined<Part extends Numbers, Whole extends Part>(
  parts: readonly Part[],
  make: (length: number) => Whole,
): Whole {
  const whole = make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
