import type { BitrateLimits } from "../bitrate-limits.ts";
import type { ProbeCluster } from "./probe-results.ts";

/**
 * How long a cluster lasts at least: on a jittery path a short one measures the jitter. Those at low rates, and the first ones, are
 * shorter, because on a narrow path what is sent so fast stands in its queue.
 */
const CLUSTER_MS = 25;
const SHORT_CLUSTER_MS = 15;
/** How many packets it has at least. */
const CLUSTER_PACKETS = 5;
/** The rates tried first, as factors of the start bitrate. */
const FIRST_FACTORS = [3, 6] as const;
/** How much more than is known is tried: more where little is known, since a cluster there has few bytes anyway. */
const FACTOR = 2;
const FACTOR_AT_LOW_RATES = 3;
const LOW_BPS = 600_000;
/** A probe that found this share of its rate was a success: the next one follows at once. */
const SUCCESS_SHARE = 0.7;
/** One that raised the estimate by this factor found something, though not all: the next one need not wait long. */
const GAIN = 1.2;
/** One after which less is believed is tried again as soon. */
const LOSS = 0.95;
/** How long results are waited for. */
const RESULT_MS = 1000;
/** How often is probed while the encoder does not use what it might, and how often while it uses all. */
const IDLE_INTERVAL_MS = 5000;
const BUSY_INTERVAL_MS = 2000;
const MAX_BACKOFF = 1.5;
/** While the path is calm for so long only, nothing is tried. */
const CALM_MS = 1000;

export interface ProbePlanUpdate {
  readonly estimateBps: number;
  readonly isIdle: boolean;
  /** Since when the delays have been normal and losses few; `undefined` while they are not. */
  readonly calmSinceMs: number | undefined;
  readonly nowMs: number;
}

/**
 * Decides when to probe for more, as libwebrtc does, for draft-ietf-rmcat-gcc-02 §5.5 has growth alone: at the beginning, so that a call on a good network is sharp after a round trip; as long as
 * probes succeed; every five seconds while the encoder does not use what it might, every two as long as that finds more; and every
 * two to three seconds while it does and the path is calm, because creeping up from where a bad moment has left it takes half a minute.
 */
export class ProbePlan {
  readonly #limits: BitrateLimits;
  #nextId = 0;
  #lastProbeMs = -Infinity;
  /** The rate from which on the result of the last probe is a success. */
  #successBps = Infinity;
  /** What was believed when the last probe began. */
  #bpsBefore = Infinity;
  #failedCount = 0;

  constructor(limits: BitrateLimits) {
    this.#limits = limits;
  }

  /** The clusters to begin a connection with. */
  first(nowMs: number): ProbeCluster[] {
    const { startBps, maximumBps } = this.#limits;
    const rates = new Set(FIRST_FACTORS.map((factor) => Math.min(maximumBps, startBps * factor)));
    return [...rates].map((bps) => this.#cluster(bps, SHORT_CLUSTER_MS, nowMs));
  }

  /** The cluster that is due, if any. To be asked after each change of the estimate and some times per second. */
  next({ estimateBps, isIdle, calmSinceMs, nowMs }: ProbePlanUpdate): ProbeCluster | undefined {
    if (estimateBps >= this.#limits.maximumBps) return undefined;
    const sinceMs = nowMs - this.#lastProbeMs;
    if (sinceMs < RESULT_MS && estimateBps >= this.#successBps) {
      this.#failedCount = 0;
      return this.#clusterBeyond(estimateBps, FACTOR, nowMs);
    }
    if (calmSinceMs === undefined || nowMs - calmSinceMs < CALM_MS) return undefined;
    // On a path that has no more to give, probes become rare.
    const backoff = isIdle ? 1 : Math.min(MAX_BACKOFF, 1 + this.#failedCount / 8);
    const isNews = estimateBps >= this.#bpsBefore * GAIN || estimateBps < this.#bpsBefore * LOSS;
    const isSoon = !isIdle || isNews;
    if (sinceMs < (isSoon ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS) * backoff) return undefined;
    if (estimateBps < this.#successBps) this.#failedCount += 1;
    const factor = estimateBps < LOW_BPS ? FACTOR_AT_LOW_RATES : FACTOR;
    return this.#clusterBeyond(estimateBps, factor, nowMs);
  }

  /** Forgets failures: the path has changed. */
  expectChange(): void {
    this.#failedCount = 0;
  }

  #clusterBeyond(estimateBps: number, factor: number, nowMs: number): ProbeCluster {
    this.#bpsBefore = estimateBps;
    const durationMs = estimateBps < LOW_BPS ? SHORT_CLUSTER_MS : CLUSTER_MS;
    return this.#cluster(estimateBps * factor, durationMs, nowMs);
  }

  #cluster(wantedBps: number, durationMs: number, nowMs: number): ProbeCluster {
    const bps = Math.min(wantedBps, this.#limits.maximumBps);
    this.#successBps = bps >= this.#limits.maximumBps ? Infinity : bps * SUCCESS_SHARE;
    this.#lastProbeMs = nowMs;
    const id = this.#nextId++;
    return { id, bps, minPackets: CLUSTER_PACKETS, minBytes: Math.ceil((bps * durationMs) / 8000) };
  }
}
