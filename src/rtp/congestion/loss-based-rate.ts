import type { BitrateLimits } from "../bitrate-limits.ts";
import type { PacketResult } from "./packet-result.ts";

/** What is sent is observed over spans of at least this long, and the last so many spans are looked at. */
const OBSERVATION_MS = 250;
const MAX_OBSERVATIONS = 15;
/** How much less each older span counts. */
const AGING = 0.9;
/** The rates compared with the current one, as factors of it. */
const CANDIDATES = [1.02, 1, 0.95] as const;
/** The least that a path may lose by nature, and the most: this share, and more at low rates. */
const MIN_NATURAL_LOSS = 1e-3;
const NATURAL_LOSS = 0.05;
const NATURAL_LOSS_BPS = 100_000;
const FIRST_NATURAL_LOSS = 0.01;
/** What a higher rate is worth against a better explanation of the losses, while fewer than this share are lost. */
const RATE_BIAS_PER_KBPS = 0.0002;
const RATE_BIAS_PER_LOG = 0.02;
const BIAS_MAX_LOSS = 0.2;
const BIAS_SMOOTHING = 0.002;
/** How far the rate may climb within a span of time. */
const MAX_INCREASE = 1.3;
const INCREASE_WINDOW_MS = 300;
const NEWTON_STEPS = 3;
/** Below this share of losses they say nothing. */
const LITTLE_LOSS = 0.01;
/** Rates up to this factor of the estimate are like it. */
const PRESENT_FACTOR = 1.5;

interface Observation {
  readonly packets: number;
  readonly lost: number;
  readonly bps: number;
}

export interface LossBasedUpdate {
  readonly results: readonly PacketResult[];
  readonly delayBasedBps: number;
  readonly acknowledgedBps: number | undefined;
  readonly nowMs: number;
}

/**
 * The rate above which losses come from sending too much. Paths lose packets by nature, radio above all, and slowing down
 * does not help there; so this asks which pair of a natural loss and a capacity explains best what was lost at
 * the rates that were sent: sending faster than the capacity loses the rest (maximum likelihood, as in libwebrtc's
 * second loss-based estimator; draft-ietf-rmcat-gcc-02 §6 takes any loss above 10 % for congestion).
 */
export class LossBasedRate {
  readonly #limits: BitrateLimits;
  readonly #observations: Observation[] = [];
  #spanStartMs: number | undefined;
  #spanPackets = 0;
  #spanLost = 0;
  #spanBits = 0;
  #bps: number | undefined;
  /** What was sent before is not counted. */
  #countsFromMs = -Infinity;
  #naturalLoss = FIRST_NATURAL_LOSS;
  #windowStartMs = -Infinity;
  #windowLimitBps = Infinity;

  constructor(limits: BitrateLimits) {
    this.#limits = limits;
  }

  /** In bits per second; any rate, until losses speak against it. */
  get currentBps(): number {
    return this.#bps ?? Infinity;
  }

  /** The share of packets lost lately, 0 to 1. */
  get fractionLost(): number {
    return this.#lossOf(() => true);
  }

  /**
   * The share lost at rates like the present one. What was lost while much more was sent, before the rate fell, is
   * explained by that.
   */
  get presentLoss(): number {
    return this.#lossOf((observation) => this.#isPresent(observation));
  }

  get #presentCount(): number {
    return this.#observations.filter((observation) => this.#isPresent(observation)).length;
  }

  #isPresent({ bps }: Observation): boolean {
    return bps <= (this.#bps ?? Infinity) * PRESENT_FACTOR;
  }

  /** Takes the packets of a feedback, in the order of sending. */
  update({ results, delayBasedBps, acknowledgedBps, nowMs }: LossBasedUpdate): void {
    let isComplete = false;
    for (const result of results) isComplete = this.#observe(result) || isComplete;
    if (this.#bps !== undefined) this.#bps = Math.min(this.#bps, Math.max(delayBasedBps, this.#limits.minimumBps));
    if (this.fractionLost < LITTLE_LOSS || (this.#presentCount >= 4 && this.presentLoss < LITTLE_LOSS)) {
      this.#bps = delayBasedBps; // Nothing speaks against what the delays, or a probe, have found.
      return;
    }
    if (!isComplete) return;
    this.#bps ??= delayBasedBps;
    if (nowMs - this.#windowStartMs > INCREASE_WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#windowLimitBps = this.#bps * MAX_INCREASE;
    }
    const best = this.#bestCandidate(delayBasedBps, acknowledgedBps);
    const { fractionLost } = this;
    // A higher rate with less natural loss than was seen would contradict itself.
    const isUp = best.bps > this.#bps && best.naturalLoss >= fractionLost * 0.5;
    if (best.bps <= this.#bps || isUp || fractionLost < MIN_NATURAL_LOSS) this.#bps = best.bps;
    this.#naturalLoss = best.naturalLoss;
    const { presentLoss } = this;
    const hardLimitBps = presentLoss > NATURAL_LOSS ? NATURAL_LOSS_BPS / (presentLoss - NATURAL_LOSS) : Infinity;
    const capped = Math.min(this.#bps, delayBasedBps, hardLimitBps);
    this.#bps = Math.min(this.#limits.maximumBps, Math.max(this.#limits.minimumBps, capped));
  }

  /** Forgets the losses of what is sent before a time: they are explained, by a queue that was full. */
  forget(beforeMs: number): void {
    this.#countsFromMs = beforeMs;
    this.#observations.length = 0;
    this.#spanStartMs = undefined;
    this.#spanPackets = 0;
    this.#spanLost = 0;
    this.#spanBits = 0;
  }

  /** Whether this packet completes a span. */
  #observe({ sentAtMs, byteLength, arrivedAtMs }: PacketResult): boolean {
    if (sentAtMs < this.#countsFromMs) return false;
    this.#spanStartMs ??= sentAtMs;
    const spanMs = sentAtMs - this.#spanStartMs;
    let isComplete = false;
    if (spanMs >= OBSERVATION_MS && this.#spanPackets > 0) {
      this.#observations.push({
        packets: this.#spanPackets,
        lost: this.#spanLost,
        bps: (this.#spanBits * 1000) / spanMs,
      });
      if (this.#observations.length > MAX_OBSERVATIONS) this.#observations.shift();
      this.#spanStartMs = sentAtMs;
      this.#spanPackets = 0;
      this.#spanLost = 0;
      this.#spanBits = 0;
      isComplete = true;
    }
    this.#spanPackets += 1;
    this.#spanBits += byteLength * 8;
    if (arrivedAtMs === undefined) this.#spanLost += 1;
    return isComplete;
  }

  #bestCandidate(delayBasedBps: number, acknowledgedBps: number | undefined): { bps: number; naturalLoss: number } {
    const current = this.#bps ?? delayBasedBps;
    const ceilingBps = Math.max(current, this.#windowLimitBps);
    const candidates = [
      ...CANDIDATES.map((factor) => current * factor),
      delayBasedBps,
      ...(acknowledgedBps === undefined ? [] : [acknowledgedBps]),
    ].map((bps) => Math.min(bps, ceilingBps, delayBasedBps));
    let best = { bps: current, naturalLoss: this.#naturalLoss };
    let bestLikelihood = -Infinity;
    for (const bps of candidates) {
      const naturalLoss = this.#fitNaturalLoss(bps);
      const likelihood = this.#likelihood(bps, naturalLoss);
      if (likelihood <= bestLikelihood) continue;
      best = { bps, naturalLoss };
      bestLikelihood = likelihood;
    }
    return best;
  }

  /** The natural loss that goes best with a capacity, by Newton's method. */
  #fitNaturalLoss(bps: number): number {
    const most = Math.min(1, NATURAL_LOSS + NATURAL_LOSS_BPS / bps);
    let natural = Math.min(this.#naturalLoss, most);
    for (let step = 0; step < NEWTON_STEPS; step += 1) {
      let first = 0;
      let second = 0;
      for (const [weight, { packets, lost, bps: sentBps }] of this.#weighed()) {
        const probability = lossProbability(natural, bps, sentBps);
        const arrived = packets - lost;
        first += weight * (lost / probability - arrived / (1 - probability));
        second -= weight * (lost / probability ** 2 + arrived / (1 - probability) ** 2);
      }
      if (second === 0) break;
      natural = Math.min(most, Math.max(MIN_NATURAL_LOSS, natural - (0.75 * first) / second));
    }
    return natural;
  }

  #likelihood(bps: number, naturalLoss: number): number {
    const room = BIAS_MAX_LOSS - this.fractionLost;
    const preference = room / (BIAS_SMOOTHING + Math.abs(room));
    const kbps = bps / 1000;
    const bias = preference * (RATE_BIAS_PER_KBPS * kbps + RATE_BIAS_PER_LOG * Math.log(1 + kbps));
    let sum = 0;
    for (const [weight, { packets, lost, bps: sentBps }] of this.#weighed()) {
      const probability = lossProbability(naturalLoss, bps, sentBps);
      sum += weight * (lost * Math.log(probability) + (packets - lost) * Math.log(1 - probability) + bias * packets);
    }
    return sum;
  }

  #lossOf(counts: (observation: Observation) => boolean): number {
    let lost = 0;
    let packets = 0;
    for (const [weight, observation] of this.#weighed()) {
      if (!counts(observation)) continue;
      lost += weight * observation.lost;
      packets += weight * observation.packets;
    }
    return packets === 0 ? 0 : lost / packets;
  }

  #weighed(): [weight: number, Observation][] {
    const newest = this.#observations.length - 1;
    return this.#observations.map((observation, index) => [AGING ** (newest - index), observation]);
  }
}

/** How likely a packet is lost that is sent at a rate: by nature, or because the rate exceeds the capacity. */
function lossProbability(naturalLoss: number, capacityBps: number, sentBps: number): number {
  const excess = sentBps > capacityBps ? (sentBps - capacityBps) / sentBps : 0;
  return Math.min(1 - 1e-6, Math.max(1e-6, naturalLoss + (1 - naturalLoss) * excess));
}
