import type { ArrivedPacket } from "./packet-result.ts";

/** How much of a cluster has to arrive before it is judged. */
const MIN_SHARE_OF_PACKETS = 0.8;
const MIN_SHARE_OF_BYTES = 0.8;
const MAX_INTERVAL_MS = 1000;
/** Arriving so much faster than it was sent, a cluster measured some queue that emptied. */
const MAX_SPEEDUP = 2;
/** Arriving slower than this share of the sending rate, it measured the path's capacity, of which this share is taken. */
const SATURATED_BELOW = 0.9;
const SATURATED_SHARE = 0.95;
/** Clusters are forgotten after this time. */
const MAX_AGE_MS = 5000;

/** A burst of packets sent at one rate to find out whether the path bears it. */
export interface ProbeCluster {
  readonly id: number;
  readonly bps: number;
  readonly minPackets: number;
  readonly minBytes: number;
}

interface Arrivals {
  readonly cluster: ProbeCluster;
  readonly beganAtMs: number;
  packets: number;
  bytes: number;
  firstSentMs: number;
  lastSentMs: number;
  lastSentBytes: number;
  firstArrivedMs: number;
  lastArrivedMs: number;
  firstArrivedBytes: number;
}

/** Measures from the arrivals of a cluster's packets how many bits per second the path bore, as libwebrtc does; no draft has probing. */
export class ProbeResults {
  readonly #clusters = new Map<number, Arrivals>();

  /** Notes a cluster that begins. */
  begin(cluster: ProbeCluster, nowMs: number): void {
    for (const [id, { beganAtMs }] of this.#clusters) if (nowMs - beganAtMs > MAX_AGE_MS) this.#clusters.delete(id);
    this.#clusters.set(cluster.id, {
      cluster,
      beganAtMs: nowMs,
      packets: 0,
      bytes: 0,
      firstSentMs: Infinity,
      lastSentMs: -Infinity,
      lastSentBytes: 0,
      firstArrivedMs: Infinity,
      lastArrivedMs: -Infinity,
      firstArrivedBytes: 0,
    });
  }

  /** Takes a packet that arrived; returns bits per second when its cluster can be judged. */
  add({ probe, sentAtMs, arrivedAtMs, byteLength }: ArrivedPacket): number | undefined {
    const arrivals = probe === undefined ? undefined : this.#clusters.get(probe);
    if (!arrivals) return undefined;
    arrivals.packets += 1;
    arrivals.bytes += byteLength;
    arrivals.firstSentMs = Math.min(arrivals.firstSentMs, sentAtMs);
    if (sentAtMs >= arrivals.lastSentMs) {
      arrivals.lastSentMs = sentAtMs;
      arrivals.lastSentBytes = byteLength;
    }
    if (arrivedAtMs < arrivals.firstArrivedMs) {
      arrivals.firstArrivedMs = arrivedAtMs;
      arrivals.firstArrivedBytes = byteLength;
    }
    arrivals.lastArrivedMs = Math.max(arrivals.lastArrivedMs, arrivedAtMs);
    return judge(arrivals);
  }
}

function judge(arrivals: Arrivals): number | undefined {
  const { cluster, packets, bytes } = arrivals;
  if (packets < cluster.minPackets * MIN_SHARE_OF_PACKETS || bytes < cluster.minBytes * MIN_SHARE_OF_BYTES) {
    return undefined;
  }
  // When a timer came late all packets left at once. They were meant for this rate, so they show no more than it.
  const meantMs = ((bytes - arrivals.lastSentBytes) * 8000) / cluster.bps;
  const sentMs = Math.max(arrivals.lastSentMs - arrivals.firstSentMs, meantMs);
  const arrivedMs = arrivals.lastArrivedMs - arrivals.firstArrivedMs;
  if (sentMs <= 0 || sentMs > MAX_INTERVAL_MS || arrivedMs <= 0 || arrivedMs > MAX_INTERVAL_MS) return undefined;
  if (arrivedMs < sentMs / MAX_SPEEDUP) return undefined;
  // What arrived after the first packet shows what the path let through; what left before the last one, what it was given.
  // Packets differ in size, so whether the path was full is told by the times.
  const arrivedBps = ((bytes - arrivals.firstArrivedBytes) * 8000) / arrivedMs;
  const sentBps = ((bytes - arrivals.lastSentBytes) * 8000) / sentMs;
  return arrivedMs > sentMs / SATURATED_BELOW ? Math.min(sentBps, SATURATED_SHARE * arrivedBps) : sentBps;
}
