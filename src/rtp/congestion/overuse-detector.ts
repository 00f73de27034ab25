import type { GroupDelta } from "./packet-groups.ts";

/** What the delays say of the path: a queue grows, a queue drains, or neither. */
export type PathUse = "overuse" | "underuse" | "normal";

/** How many groups the line is laid through. */
const WINDOW = 20;
/** Share of the delay so far that stays at each new group. */
const SMOOTHING = 0.9;
const GAIN = 4;
const MAX_WEIGHT = 60;
/** How long the slope has to be too steep. */
const OVERUSE_MS = 10;
const FIRST_THRESHOLD = 12.5;
const MIN_THRESHOLD = 6;
const MAX_THRESHOLD = 600;
/** How fast the threshold follows the slope up and down, per millisecond. */
const FOLLOW_UP = 0.0087;
const FOLLOW_DOWN = 0.039;
/** A slope this far above the threshold is a sudden event that the threshold does not follow. */
const MAX_FOLLOWED = 15;
const MAX_STEP_MS = 100;

/**
 * Finds out from the delays between groups of packets whether a queue grows on the path: the slope of the smoothed
 * delays over the last twenty groups, against a threshold that adapts to what is usual there, so that neither jitter nor
 * flows that fill the queue on purpose starve us (draft-ietf-rmcat-gcc-02 §5.4; the slope is what libwebrtc uses instead
 * of the draft's Kalman filter).
 */
export class OveruseDetector {
  readonly #points: { readonly x: number; readonly y: number }[] = [];
  #firstArrivedMs: number | undefined;
  #count = 0;
  #accumulatedMs = 0;
  #smoothedMs = 0;
  #slope = 0;
  #previousSlope = 0;
  #threshold = FIRST_THRESHOLD;
  #thresholdAtMs: number | undefined;
  #overusingMs: number | undefined;
  #overuseCount = 0;
  #state: PathUse = "normal";

  get state(): PathUse {
    return this.#state;
  }

  /** Takes the next delta and returns what it says. */
  update({ sentDeltaMs, arrivedDeltaMs, arrivedAtMs }: GroupDelta): PathUse {
    this.#count += 1;
    this.#firstArrivedMs ??= arrivedAtMs;
    this.#accumulatedMs += arrivedDeltaMs - sentDeltaMs;
    this.#smoothedMs = SMOOTHING * this.#smoothedMs + (1 - SMOOTHING) * this.#accumulatedMs;
    this.#points.push({ x: arrivedAtMs - this.#firstArrivedMs, y: this.#smoothedMs });
    if (this.#points.length > WINDOW) this.#points.shift();
    if (this.#points.length === WINDOW) this.#slope = slopeOf(this.#points) ?? this.#slope;
    this.#judge(sentDeltaMs, arrivedAtMs);
    return this.#state;
  }

  #judge(sentDeltaMs: number, nowMs: number): void {
    if (this.#count < 2) return;
    const weighted = Math.min(this.#count, MAX_WEIGHT) * this.#slope * GAIN;
    if (weighted > this.#threshold) {
      this.#overusingMs = this.#overusingMs === undefined ? sentDeltaMs / 2 : this.#overusingMs + sentDeltaMs;
      this.#overuseCount += 1;
      if (this.#overusingMs > OVERUSE_MS && this.#overuseCount > 1 && this.#slope >= this.#previousSlope) {
        this.#overusingMs = 0;
        this.#overuseCount = 0;
        this.#state = "overuse";
      }
    } else {
      this.#overusingMs = undefined;
      this.#overuseCount = 0;
      this.#state = weighted < -this.#threshold ? "underuse" : "normal";
    }
    this.#previousSlope = this.#slope;
    this.#adaptThreshold(Math.abs(weighted), nowMs);
  }

  #adaptThreshold(weighted: number, nowMs: number): void {
    const elapsedMs = Math.min(MAX_STEP_MS, Math.max(0, nowMs - (this.#thresholdAtMs ?? nowMs)));
    this.#thresholdAtMs = nowMs;
    if (weighted > this.#threshold + MAX_FOLLOWED) return;
    const speed = weighted < this.#threshold ? FOLLOW_DOWN : FOLLOW_UP;
    const followed = this.#threshold + speed * (weighted - this.#threshold) * elapsedMs;
    this.#threshold = Math.min(MAX_THRESHOLD, Math.max(MIN_THRESHOLD, followed));
  }
}

/** The slope of the line with the least squares of errors. */
function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number | undefined {
  let sumX = 0;
  let sumY = 0;
  for (const { x, y } of points) {
    sumX += x;
    sumY += y;
  }
  const meanX = sumX / points.length;
  const meanY = sumY / points.length;
  let numerator = 0;
  let denominator = 0;
  for (const { x, y } of points) {
    numerator += (x - meanX) * (y - meanY);
    denominator += (x - meanX) ** 2;
  }
  return denominator === 0 ? undefined : numerator / denominator;
}
