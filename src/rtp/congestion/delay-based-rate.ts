import type { BitrateLimits } from "../bitrate-limits.ts";
import type { PathUse } from "./overuse-detector.ts";

/** What of the measured throughput stays when a queue grows (draft-ietf-rmcat-gcc-02 §5.5). */
const BACKOFF = 0.85;
/** The same for one that sent less than it might, at the first sign: machines stop and go as well as networks. */
const BACKOFF_AT_BLIP = 1.7;
/** How much more per second while the path's capacity is unknown. */
const GROWTH_PER_S = 1.08;
/** The estimate never runs further ahead of what arrives than this. */
const MAX_LEAD = 1.5;
const LEAD_BPS = 10_000;
const MIN_ADDITIVE_BPS_PER_S = 4000;
const PACKET_BITS = 1200 * 8;
const FRAMES_PER_S = 30;
/** How long a change takes to show in the feedback, beside the round trip. */
const REACTION_MS = 100;

export interface DelayBasedUpdate {
  readonly use: PathUse;
  readonly acknowledgedBps: number | undefined;
  readonly roundTripMs: number;
  /** Whether less was sent than might have been, and the delays have only just begun to rise: what arrived is no measure then. */
  readonly isBlip: boolean;
  readonly nowMs: number;
}

/**
 * The rate that keeps the path's queue short: multiplicative decrease when a queue grows, else increase, carefully near the
 * rates at which queues grew before (draft-ietf-rmcat-gcc-02 §5.5, with the details of libwebrtc).
 */
export class DelayBasedRate {
  readonly #limits: BitrateLimits;
  readonly #capacity = new LinkCapacity();
  #bps: number;
  #phase: "increase" | "hold" = "hold";
  #changedAtMs: number | undefined;
  #decreasedAtMs = -Infinity;

  constructor(limits: BitrateLimits) {
    this.#limits = limits;
    this.#bps = limits.startBps;
  }

  get currentBps(): number {
    return this.#bps;
  }

  /** Takes what a probe or another source has found. */
  set(bps: number, nowMs: number): void {
    this.#bps = this.#clamp(bps);
    this.#changedAtMs = nowMs;
  }

  update({ use, acknowledgedBps, roundTripMs, isBlip, nowMs }: DelayBasedUpdate): void {
    this.#changedAtMs ??= nowMs;
    switch (use) {
      case "overuse":
        if (this.#mayDecrease(acknowledgedBps, roundTripMs, nowMs))
          this.#decrease(acknowledgedBps, isBlip ? BACKOFF_AT_BLIP : BACKOFF, nowMs);
        return;
      case "underuse":
        this.#phase = "hold";
        return;
      case "normal":
        if (this.#phase === "hold") {
          this.#phase = "increase";
          this.#changedAtMs = nowMs;
        }
        this.#increase(acknowledgedBps ?? this.#bps, roundTripMs, nowMs);
    }
  }

  /** One decrease has to show its effect before the next one, unless it was far from enough. */
  #mayDecrease(acknowledgedBps: number | undefined, roundTripMs: number, nowMs: number): boolean {
    if (nowMs - this.#decreasedAtMs >= Math.min(200, Math.max(10, roundTripMs))) return true;
    return acknowledgedBps !== undefined && acknowledgedBps < this.#bps / 2;
  }

  #decrease(acknowledgedBps: number | undefined, backoff: number, nowMs: number): void {
    this.#phase = "hold";
    this.#changedAtMs = nowMs;
    this.#decreasedAtMs = nowMs;
    if (acknowledgedBps === undefined) {
      this.#bps = this.#clamp(this.#bps / 2);
      return;
    }
    let bps = acknowledgedBps * backoff;
    const capacityBps = this.#capacity.currentBps;
    if (bps > this.#bps && capacityBps !== undefined) bps = capacityBps * BACKOFF;
    if (bps < this.#bps) this.#bps = this.#clamp(bps);
    this.#capacity.handleOveruse(acknowledgedBps);
  }

  #increase(acknowledgedBps: number, roundTripMs: number, nowMs: number): void {
    if (acknowledgedBps > this.#capacity.highestBps) this.#capacity.reset();
    const elapsedS = Math.min(1000, nowMs - (this.#changedAtMs ?? nowMs)) / 1000;
    this.#changedAtMs = nowMs;
    const ceilingBps = MAX_LEAD * acknowledgedBps + LEAD_BPS;
    if (this.#bps >= ceilingBps) return;
    const grownBps =
      this.#capacity.currentBps === undefined
        ? Math.max(this.#bps * GROWTH_PER_S ** elapsedS, this.#bps + 1000 * elapsedS)
        : this.#bps + this.#additiveBpsPerS(roundTripMs) * elapsedS;
    this.#bps = this.#clamp(Math.min(grownBps, ceilingBps));
  }

  /** About one packet more per response of the path. */
  #additiveBpsPerS(roundTripMs: number): number {
    const frameBits = this.#bps / FRAMES_PER_S;
    const packetBits = frameBits / Math.ceil(frameBits / PACKET_BITS);
    return Math.max(MIN_ADDITIVE_BPS_PER_S, packetBits / ((2 * (roundTripMs + REACTION_MS)) / 1000));
  }

  #clamp(bps: number): number {
    return Math.min(this.#limits.maximumBps, Math.max(this.#limits.minimumBps, bps));
  }
}

/** At which rates queues have grown: a smoothed mean and how far it varies, in kbit/s. */
class LinkCapacity {
  static readonly #SMOOTHING = 0.05;
  #kbps: number | undefined;
  #deviation = 0.4;

  get currentBps(): number | undefined {
    return this.#kbps === undefined ? undefined : this.#kbps * 1000;
  }

  /** Arriving more than this, the path has become faster. */
  get highestBps(): number {
    return this.#kbps === undefined ? Infinity : (this.#kbps + 3 * Math.sqrt(this.#deviation * this.#kbps)) * 1000;
  }

  handleOveruse(acknowledgedBps: number): void {
    const sample = acknowledgedBps / 1000;
    if (this.#kbps !== undefined && sample < this.#kbps - 3 * Math.sqrt(this.#deviation * this.#kbps)) this.reset();
    const smoothing = LinkCapacity.#SMOOTHING;
    this.#kbps = this.#kbps === undefined ? sample : (1 - smoothing) * this.#kbps + smoothing * sample;
    const error = (this.#kbps - sample) ** 2 / Math.max(1, this.#kbps);
    this.#deviation = Math.min(2.5, Math.max(0.4, (1 - smoothing) * this.#deviation + smoothing * error));
  }

  reset(): void {
    this.#kbps = undefined;
  }
}
