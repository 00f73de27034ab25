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
import { StandingQueue } from "./standing-queue.ts";
import { type SentTransportPacket, SentTransportPackets } from "./sent-transport-packets.ts";

/** Without feedback for this long while packets leave, the estimate halves, and again after as long. */
const FEEDBACK_TIMEOUT_MS = 1500;
/** After a pause this long the delays from before say nothing any more. */
const STALE_MS = 2000;
/** How often `handleTimer` wants to be called. */
const TICK_MS = 100;
/** Above this share of losses the path is not calm. */
const CALM_LOSS = 0.15;
/** A queue below so much beyond the time of a usual packet on the path is none: it empties by itself. */
const SHORT_QUEUE_MS = 12;
const PACKET_BITS = 600 * 8;
/** A queue so much longer than that is one whatever its slope, and is let drain before more is sent. */
const DEEP_QUEUE_MS = 50;
/** All packets of this time must have met a queue: of two pictures for a short one, of one for a deep one. */
const QUEUE_WINDOW_MS = 80;
const DEEP_QUEUE_WINDOW_MS = 40;
/** What is left of a queue that has drained, and the longest that is waited for it. */
const DRAINED_MS = 20;
const MAX_DRAIN_MS = 350;
/** A path that bears less than this share of what was believed has collapsed. */
const COLLAPSE = 0.5;

/**
 * How much of the estimate stays at least when a probe found less, while nothing but the probe says so: a moment in which a machine stood
 * still looks the same. The next probe follows soon.
 */
const LEAST_SHARE_PROBED = 0.8;

/** What to do about a queue so long that slowing down would take seconds to empty it. */
export interface Drain {
  /** For how long nothing but sound should leave. */
  readonly durationMs: number;
  /** Whether what waits to be sent was made for a path that is no more. */
  readonly isCollapse: boolean;
}

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
  readonly #queue = new StandingQueue();
  readonly #idle = new IdleDetector();
  readonly #probeResults = new ProbeResults();
  readonly #probePlan: ProbePlan;
  readonly #delayBased: DelayBasedRate;
  readonly #lossBased: LossBasedRate;
  #detector = new OveruseDetector();
  /** Until when what was sent has met the queue of a rate that has been lowered since. */
  #loweredAtMs = -Infinity;
  #drain: Drain | undefined;
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

  /** The drain to begin with now, once. */
  takeDrain(): Drain | undefined {
    const drain = this.#drain;
    this.#drain = undefined;
    return drain;
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
    if (nowMs - (this.#feedbackAtMs ?? nowMs) > STALE_MS) {
      this.#detector = new OveruseDetector();
      this.#queue.reset();
    }
    this.#feedbackAtMs = nowMs;
    this.#sentSinceFeedback = false;
    const arrived = results.filter(isArrived).toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs);
    const isIdle = this.#idle.idleSinceMs !== undefined;
    let probedBps: number | undefined;
    if (this.#sent.followsGap) this.#acknowledged.handleGap();
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
    for (const [index, packet] of arrived.entries()) {
      this.#queue.add(packet, index === 0 && this.#sent.followsGap);
      const delta = this.#groups.add(packet);
      if (delta && this.#detector.update(delta) === "overuse") sawOveruse = true;
    }
    const shortMs = SHORT_QUEUE_MS + (PACKET_BITS * 1000) / this.#delayBased.currentBps;
    const sentAfterMs = this.#loweredAtMs;
    const depthMs = this.#queue.depthMs({ windowMs: DEEP_QUEUE_WINDOW_MS, sentAfterMs });
    const throughputBps = this.#queue.throughputBps(shortMs);
    const isDeep = depthMs > shortMs + DEEP_QUEUE_MS;
    const isLong = this.#queue.depthMs({ windowMs: QUEUE_WINDOW_MS, sentAfterMs }) > shortMs;
    const isSteep = sawOveruse || this.#detector.state === "overuse";
    // Delays that rise within each picture and fall before the next one only tell that pictures leave quickly, and a queue
    // in which our packets do not even meet each other is not ours.
    const isOveruse = throughputBps !== undefined && (isDeep || (isSteep && isLong));
    const use = isOveruse ? "overuse" : isSteep ? "normal" : this.#detector.state;
    this.#overuseCount = isOveruse ? this.#overuseCount + 1 : 0;
    // While the path is in use, what lowers the estimate are its delays; a short probe is too rough a measure for that.
    const isBelieved = this.#idle.idleSinceMs !== undefined || (probedBps ?? 0) > this.#delayBased.currentBps;
    if (probedBps !== undefined && !isOveruse && isBelieved) {
      this.#delayBased.set(Math.max(probedBps, this.#delayBased.currentBps * LEAST_SHARE_PROBED), nowMs);
      this.#acknowledged.expectChange();
      return;
    }
    const isBlip = !isDeep && this.#overuseCount === 1 && this.#idle.idleSinceMs !== undefined;
    const acknowledgedBps = isOveruse ? throughputBps : this.#acknowledged.currentBps;
    const bpsBefore = this.#delayBased.currentBps;
    this.#delayBased.update({ use, acknowledgedBps, roundTripMs, isBlip, nowMs });
    if (!isOveruse) return;
    this.#probePlan.expectChange();
    this.#acknowledged.expectChange();
    if (this.#delayBased.currentBps < bpsBefore || isDeep) this.#loweredAtMs = nowMs;
    if (isDeep) this.#drain = this.#planDrain({ arrived, depthMs, throughputBps, bpsBefore, nowMs });
  }

  #planDrain({
    arrived,
    depthMs,
    throughputBps,
    bpsBefore,
    nowMs,
  }: {
    arrived: readonly ArrivedPacket[];
    depthMs: number;
    throughputBps: number;
    bpsBefore: number;
    nowMs: number;
  }): Drain {
    // What is on its way beyond what an empty path holds stands in the queue, unless that was full already.
    const newest = arrived.at(-1);
    const emptyMs = newest ? Math.max(0, nowMs - newest.sentAtMs - depthMs) : 0;
    const onItsWayMs = (this.#sent.outstandingBytes * 8000) / throughputBps - emptyMs;
    const durationMs = Math.min(MAX_DRAIN_MS, Math.max(depthMs, onItsWayMs) - DRAINED_MS);
    this.#loweredAtMs = nowMs + durationMs;
    this.#lossBased.forget(this.#loweredAtMs);
    return { durationMs, isCollapse: this.#delayBased.currentBps < COLLAPSE * bpsBefore };
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
