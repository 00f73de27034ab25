import type { BitrateLimits } from "../bitrate-limits.ts";
import type { TransportWideFeedback } from "../rtcp/transport-wide-feedback.ts";
import { AcknowledgedBitrate } from "./acknowledged-bitrate.ts";
import { DelayBasedRate } from "./delay-based-rate.ts";
import { IdleDetector } from "./idle-detector.ts";
import { LossBasedRate } from "./loss-based-rate.ts";
import { OveruseDetector, type PathUse } from "./overuse-detector.ts";
import { PacketGroups } from "./packet-groups.ts";
import { type ArrivedPacket, isArrived } from "./packet-result.ts";
import { ProbePlan } from "./probe-plan.ts";
import { type ProbeCluster, ProbeResults } from "./probe-results.ts";
import { type SentTransportPacket, SentTransportPackets } from "./sent-transport-packets.ts";

/** Without feedback for this long while packets leave, the estimate halves, and again after as long. */
const FEEDBACK_TIMEOUT_MS = 1500;
/** After a pause this long the delays from before say nothing any more. */
const STALE_MS = 2000;
/** How often `handleTimer` wants to be called. */
const TICK_MS = 100;
/** Above this share of losses the path is not calm. */
const CALM_LOSS = 0.15;

export interface BandwidthStats {
  readonly estimateBps: number;
  readonly delayBasedBps: number;
  /** Infinity while losses say nothing. */
  readonly lossBasedBps: number;
  readonly acknowledgedBps: number | undefined;
  readonly fractionLost: number;
  readonly pathUse: PathUse;
}

/**
 * How many bits per second the path to the peer bears, from its transport-wide feedback: Google Congestion Control
 * (draft-ietf-rmcat-gcc-02), as libwebrtc has developed it. One for all streams of a connection. The delays between packets say when a queue begins to grow,
 * losses when it overflows, and short probes whether there is more than is being used.
 */
export class BandwidthEstimator {
  readonly #limits: BitrateLimits;
  readonly #sent = new SentTransportPackets();
  readonly #groups = new PacketGroups();
  readonly #acknowledged = new AcknowledgedBitrate();
  readonly #idle = new IdleDetector();
  readonly #probeResults = new ProbeResults();
  readonly #probePlan: ProbePlan;
  readonly #delayBased: DelayBasedRate;
  readonly #lossBased: LossBasedRate;
  #detector = new OveruseDetector();
  #waitingProbes: ProbeCluster[] = [];
  #startedAtMs: number | undefined;
  #sentSinceFeedback = false;
  #feedbackAtMs: number | undefined;
  #calmSinceMs: number | undefined;
  #nextTickMs: number | undefined;
  /** Of feedbacks in a row that told of a growing queue. */
  #overuseCount = 0;

  constructor(limits: BitrateLimits) {
    this.#limits = limits;
    this.#delayBased = new DelayBasedRate(limits);
    this.#lossBased = new LossBasedRate(limits);
    this.#probePlan = new ProbePlan(limits);
  }

  /** In bits per second of RTP packets, headers included. */
  get estimateBps(): number {
    return Math.round(
      Math.max(this.#limits.minimumBps, Math.min(this.#delayBased.currentBps, this.#lossBased.currentBps)),
    );
  }

  get stats(): BandwidthStats {
    return {
      estimateBps: this.estimateBps,
      delayBasedBps: this.#delayBased.currentBps,
      lossBasedBps: this.#lossBased.currentBps,
      acknowledgedBps: this.#acknowledged.currentBps,
      fractionLost: this.#lossBased.fractionLost,
      pathUse: this.#detector.state,
    };
  }

  /** When to call `handleTimer`, or `undefined` before the first packet. */
  get nextTimerMs(): number | undefined {
    return this.#nextTickMs;
  }

  /** The probe to begin with now, each once. */
  takeProbe(nowMs: number): ProbeCluster | undefined {
    const probe = this.#waitingProbes.shift();
    if (probe) this.#probeResults.begin(probe, nowMs);
    return probe;
  }

  /** Notes a packet that leaves with a transport-wide sequence number. */
  handleSent(packet: SentTransportPacket): void {
    const { sentAtMs, byteLength } = packet;
    this.#sent.add(packet);
    this.#sentSinceFeedback = true;
    this.#feedbackAtMs ??= sentAtMs;
    this.#nextTickMs ??= sentAtMs + TICK_MS;
    if (this.#startedAtMs === undefined) {
      this.#startedAtMs = sentAtMs;
      this.#waitingProbes = this.#probePlan.first(sentAtMs);
    }
    const wasIdle = this.#idle.idleSinceMs !== undefined;
    this.#idle.handleSent(byteLength, this.estimateBps, sentAtMs);
    if (wasIdle && this.#idle.idleSinceMs === undefined) this.#acknowledged.expectChange();
  }

  /** Takes the peer's feedback about what was sent. */
  handleFeedback(
    feedback: TransportWideFeedback,
    { nowMs, roundTripMs }: { nowMs: number; roundTripMs: number },
  ): void {
    const results = this.#sent.resultsOf(feedback);
    if (results.length === 0) return;
    if (nowMs - (this.#feedbackAtMs ?? nowMs) > STALE_MS) this.#detector = new OveruseDetector();
    this.#feedbackAtMs = nowMs;
    this.#sentSinceFeedback = false;
    const arrived = results.filter(isArrived).toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs);
    const isIdle = this.#idle.idleSinceMs !== undefined;
    let probedBps: number | undefined;
    for (const packet of arrived) {
      this.#acknowledged.add(packet, isIdle);
      probedBps = this.#probeResults.add(packet) ?? probedBps;
    }
    this.#updateDelayBased(arrived, { probedBps, nowMs, roundTripMs });
    this.#lossBased.update({
      results,
      delayBasedBps: this.#delayBased.currentBps,
      acknowledgedBps: this.#acknowledged.currentBps,
      nowMs,
    });
    const isCalm = this.#detector.state === "normal" && this.#lossBased.presentLoss < CALM_LOSS;
    this.#calmSinceMs = isCalm ? (this.#calmSinceMs ?? nowMs) : undefined;
    this.#planProbe(nowMs);
  }

  handleTimer(nowMs: number): void {
    if (this.#nextTickMs === undefined || nowMs < this.#nextTickMs) return;
    this.#nextTickMs = nowMs + TICK_MS;
    if (this.#sentSinceFeedback && nowMs - (this.#feedbackAtMs ?? nowMs) >= FEEDBACK_TIMEOUT_MS) {
      this.#feedbackAtMs = nowMs;
      this.#calmSinceMs = undefined;
      this.#delayBased.set(this.#delayBased.currentBps / 2, nowMs);
    }
    this.#planProbe(nowMs);
  }

  #updateDelayBased(
    arrived: readonly ArrivedPacket[],
    { probedBps, nowMs, roundTripMs }: { probedBps: number | undefined; nowMs: number; roundTripMs: number },
  ): void {
    let sawOveruse = false;
    for (const packet of arrived) {
      const delta = this.#groups.add(packet);
      if (delta && this.#detector.update(delta) === "overuse") sawOveruse = true;
    }
    const use = sawOveruse || this.#detector.state === "overuse" ? "overuse" : this.#detector.state;
    this.#overuseCount = use === "overuse" ? this.#overuseCount + 1 : 0;
    // While the path is in use, what lowers the estimate are its delays; a short probe is too rough a measure for that.
    const isBelieved = this.#idle.idleSinceMs !== undefined || (probedBps ?? 0) > this.#delayBased.currentBps;
    if (probedBps !== undefined && use !== "overuse" && isBelieved) {
      this.#delayBased.set(probedBps, nowMs);
      this.#acknowledged.expectChange();
    } else {
      const isBlip = this.#overuseCount === 1 && this.#idle.idleSinceMs !== undefined;
      this.#delayBased.update({ use, acknowledgedBps: this.#acknowledged.currentBps, roundTripMs, isBlip, nowMs });
    }
    if (use !== "overuse") return;
    this.#probePlan.expectChange();
    // When one decrease was not enough, what counts is what arrives now, not what arrived before the queue grew.
    if (this.#overuseCount > 1) this.#acknowledged.expectChange();
  }

  #planProbe(nowMs: number): void {
    if (this.#waitingProbes.length > 0) return;
    const probe = this.#probePlan.next({
      estimateBps: this.estimateBps,
      isIdle: this.#idle.idleSinceMs !== undefined,
      calmSinceMs: this.#calmSinceMs,
      nowMs,
    });
    if (probe) this.#waitingProbes.push(probe);
  }
}
