const MICROSECONDS_PER_SECOND = 1_000_000;
/** Weight of the newest interval: a new rate is half known after seven frames. */
const SMOOTHING = 0.1;
/** A change is reported once it is this large, so that jitter does not reconfigure an encoder. */
const REPORTED_CHANGE = 0.1;
/**
 * Slowest rate that bits are planned for. Below it a picture would get so many bits that sending it
 * takes longer than 0.1 s, which is a delay that the viewer sees.
 */
const SLOWEST = 10;
const FASTEST = 120;

/**
 * Measures how many frames per second really come, by their timestamps. Encoders share out the bitrate
 * per picture: at half the planned rate, unmeasured, half the bits would go unused.
 */
export class FrameRateMeter {
  #intervalUs: number;
  #reported: number;
  #lastUs: number | undefined;

  /** @param expected Frames per second to assume until the measurement knows better. */
  constructor(expected: number) {
    this.#reported = expected;
    this.#intervalUs = MICROSECONDS_PER_SECOND / expected;
  }

  /** Takes the time of the next frame, in microseconds, and returns frames per second, from 10 to 120. */
  measure(timestampUs: number | undefined): number {
    if (timestampUs === undefined) return this.#reported;
    const sinceLastUs = this.#lastUs === undefined ? 0 : timestampUs - this.#lastUs;
    this.#lastUs = timestampUs;
    if (sinceLastUs <= 0) return this.#reported;
    const sampleUs = Math.min(
      Math.max(sinceLastUs, MICROSECONDS_PER_SECOND / FASTEST),
      MICROSECONDS_PER_SECOND / SLOWEST,
    );
    this.#intervalUs += SMOOTHING * (sampleUs - this.#intervalUs);
    const rate = MICROSECONDS_PER_SECOND / this.#intervalUs;
    if (Math.abs(rate - this.#reported) > REPORTED_CHANGE * this.#reported) this.#reported = rate;
    return this.#reported;
  }
}
