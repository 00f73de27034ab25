/**
 * How far 16-bit sequence number `a` lies after `b`, from -32768 to 32767: serial number arithmetic
 * (RFC 1982 §3), so that 2 is four after 65534. What lies exactly half a circle away counts as before.
 */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** How far 32-bit timestamp `a` lies after `b`, from -2^31 to 2^31 - 1 (RFC 1982 §3). */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** The 16-bit sequence number on the wire for an unwrapped one. */
export function wrapSequence(unwrapped: number): number {
  return unwrapped & 0xffff;
}

/** The 32-bit timestamp on the wire for an unwrapped one; a fraction is cut off. */
export function wrapTimestamp(unwrapped: number): number {
  return Math.floor(unwrapped) >>> 0;
}

/**
 * Turns 16-bit sequence numbers into numbers that go on counting past 65535, so that the rest of the
 * code compares them with `<`. The first one stays as it is; older ones that follow may be negative.
 * Each is taken to lie within 32768 of the one before.
 */
export class SequenceUnwrapper {
  #last: number | undefined;

  unwrap(sequenceNumber: number): number {
    this.#last = this.#last === undefined ? sequenceNumber : this.#last + sequenceDistance(sequenceNumber, this.#last);
    return this.#last;
  }

  /** Forgets the past: the next number stays as it is. */
  reset(): void {
    this.#last = undefined;
  }
}

/** The same for 32-bit RTP timestamps, each within 2^31 ticks of the one before. */
export class TimestampUnwrapper {
  #last: number | undefined;

  unwrap(timestamp: number): number {
    this.#last = this.#last === undefined ? timestamp : this.#last + timestampDistance(timestamp, this.#last);
    return this.#last;
  }

  /** Forgets the past: the next timestamp stays as it is. */
  reset(): void {
    this.#last = undefined;
  }
}
