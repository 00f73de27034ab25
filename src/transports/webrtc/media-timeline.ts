/** A frame's own time may differ from that of its arrival by this much before it is no longer believed, in microseconds. */
const MAX_DEVIATION_US = 1_000_000;
/** The least that lies between two frames, in microseconds. */
const MIN_STEP_US = 1000;
/**
 * How fast, per frame, the offset follows frames that come sooner than those before, and how fast it rises otherwise: the
 * least delay is the truth, whatever held up the first frame, and clocks drift.
 */
const FALL_US = 1000;
const RISE_US = 20;

/**
 * Puts frames on one line of time, that of the clock, on which the sound is as well. Frames made from the camera's keep its rhythm, which a receiver needs to show
 * them evenly; frames without a time, or with one from another origin, take the time at which they come.
 */
export class MediaTimeline {
  #offsetUs: number | undefined;
  #lastUs = -Infinity;

  /** The time to send with a frame, in microseconds: always later than the one before. */
  place(timestampUs: number | undefined, nowUs: number): number {
    let placedUs = nowUs;
    if (timestampUs !== undefined) {
      this.#offsetUs ??= nowUs - timestampUs;
      const latestUs = nowUs - timestampUs;
      if (Math.abs(latestUs - this.#offsetUs) > MAX_DEVIATION_US) this.#offsetUs = latestUs;
      else this.#offsetUs += Math.min(RISE_US, Math.max(-FALL_US, latestUs - this.#offsetUs));
      placedUs = timestampUs + this.#offsetUs;
    }
    this.#lastUs = Math.max(placedUs, this.#lastUs + MIN_STEP_US);
    return this.#lastUs;
  }
}
