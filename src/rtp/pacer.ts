import type { ProbeCluster } from "./congestion/probe-results.ts";

/** In which order packets leave; sound never waits. */
export type PacketKind = "audio" | "retransmission" | "video" | "padding";

export interface PacedPacket {
  readonly bytes: Uint8Array;
  readonly kind: PacketKind;
}

/** A packet that leaves now, as part of a probe or not. */
export interface LeavingPacket extends PacedPacket {
  readonly probe: number | undefined;
}

/** How much faster than its average a stream may send: a picture is not spread over the whole time to the next one. */
const PACING_FACTOR = 2.5;
/** What would be sent within this time leaves at once. */
const BURST_MS = 5;
/** For longer than a while the path gets no more than it bears, and a bit. */
const SUSTAINED_FACTOR = 1.2;
const SUSTAINED_AFTER_MS = 150;
/** A queue that takes longer than this is worth nothing any more: it is thrown away, but not again within this time. */
const MAX_QUEUE_MS = 400;
const FLUSH_INTERVAL_MS = 1500;
/** Most packets that wait; beyond it the oldest pictures are dropped. */
const MAX_QUEUED = 2048;
/** So much after the time at which a packet may leave it certainly may, rounding aside. */
const TIMER_MARGIN_MS = 0.1;
/** What leaves in one step of a probe, in milliseconds at its rate. */
const PROBE_STEP_MS = 2;
/** A probe that finds nothing to send ends after this time. */
const MAX_PROBE_MS = 200;

export interface PacerOptions {
  /** The path's estimated bitrate, in bits per second. */
  readonly bitrateBps: number;
  /** Makes a packet of about so many bytes to probe with when nothing else is to be sent; `undefined` when it cannot. */
  readonly makePadding: (byteLength: number) => Uint8Array | undefined;
}

interface RunningProbe {
  readonly cluster: ProbeCluster;
  readonly startedAtMs: number;
  packets: number;
  bytes: number;
}

/**
 * Spreads what is sent (draft-ietf-rmcat-gcc-02 §4), so that a large picture does not fill the path's queue at once: at 2.5 times the estimate, in
 * bursts of 5 ms. On a fast path that is no delay at all. Sound leaves at once, then what is sent again,
 * then pictures. Nothing waits longer than 0.4 s: when the path has become so slow that it would, `flush` says so,
 * and a keyframe made for the new rate takes its place. See `queueMs` for slowing down the encoder long before.
 */
export class Pacer {
  readonly #options: PacerOptions;
  readonly #retransmissions: Uint8Array[] = [];
  readonly #video: Uint8Array[] = [];
  #queuedBytes = 0;
  #droppedCount = 0;
  #bitrateBps: number;
  /** Until when what has left takes at the pacing rate. */
  #paidAtMs = 0;
  /** The same at the sustained rate. */
  #sustainedAtMs = 0;
  #flushedAtMs = -Infinity;
  #probe: RunningProbe | undefined;
  #nextProbeMs = 0;

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#bitrateBps = options.bitrateBps;
  }

  /** When to call `take`, or `undefined` while nothing waits; in the past: at once. */
  get nextTimerMs(): number | undefined {
    if (this.#probe) return this.#nextProbeMs;
    if (this.#queuedBytes === 0) return undefined;
    return Math.max(this.#paidAtMs, this.#sustainedAtMs - SUSTAINED_AFTER_MS + TIMER_MARGIN_MS);
  }

  /** How long a picture that came now would wait for those before it, in milliseconds. */
  queueMs(nowMs: number): number {
    const queuedBits = this.#queuedBytes * 8;
    const pacedMs = this.#paidAtMs + queuedBits / this.#bitsPerMs(PACING_FACTOR) - BURST_MS;
    const sustainedMs = this.#sustainedAtMs + queuedBits / this.#bitsPerMs(SUSTAINED_FACTOR) - SUSTAINED_AFTER_MS;
    return Math.max(0, pacedMs - nowMs, sustainedMs - nowMs);
  }

  /** Throws away what waits when that takes too long. Returns whether it did: then the peer needs a keyframe. */
  flush(nowMs: number): boolean {
    // What the path can bear, not what it is made to bear so that the queue ends some time.
    const waitMs = (this.#queuedBytes * 8000) / (this.#bitrateBps * SUSTAINED_FACTOR);
    if (waitMs < MAX_QUEUE_MS || nowMs - this.#flushedAtMs < FLUSH_INTERVAL_MS) return false;
    this.clear(nowMs);
    return true;
  }

  /** Lets nothing but sound leave before a time, so that the path's queue empties. */
  hold(untilMs: number): void {
    this.#probe = undefined;
    this.#paidAtMs = Math.max(this.#paidAtMs, untilMs + BURST_MS);
  }

  /** Throws away what waits: it was made for another path. */
  clear(nowMs: number): void {
    this.#flushedAtMs = nowMs;
    this.#droppedCount += this.queuedPacketCount;
    this.#retransmissions.length = 0;
    this.#video.length = 0;
    this.#queuedBytes = 0;
    this.#paidAtMs = Math.min(this.#paidAtMs, nowMs);
    this.#sustainedAtMs = Math.min(this.#sustainedAtMs, nowMs);
  }

  get queuedPacketCount(): number {
    return this.#retransmissions.length + this.#video.length;
  }

  /** Packets of pictures thrown away because too many waited. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  setBitrate(bitrateBps: number): void {
    this.#bitrateBps = bitrateBps;
  }

  /** Begins a probe, in place of any that is running. */
  startProbe(cluster: ProbeCluster, nowMs: number): void {
    this.#probe = { cluster, startedAtMs: nowMs, packets: 0, bytes: 0 };
    this.#nextProbeMs = nowMs;
  }

  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /** Takes packets in, and returns those that may leave at once. */
  push(packets: readonly Uint8Array[], kind: PacketKind, nowMs: number): LeavingPacket[] {
    if (kind === "audio") {
      for (const bytes of packets) this.#pay(bytes.length, nowMs);
      return packets.map((bytes) => ({ bytes, kind, probe: undefined }));
    }
    const queue = kind === "retransmission" ? this.#retransmissions : this.#video;
    for (const bytes of packets) {
      queue.push(bytes);
      this.#queuedBytes += bytes.length;
    }
    while (this.queuedPacketCount > MAX_QUEUED) {
      const dropped = this.#video.shift() ?? this.#retransmissions.shift();
      this.#queuedBytes -= dropped?.length ?? 0;
      this.#droppedCount += 1;
    }
    return this.take(nowMs);
  }

  /** The packets that are due. */
  take(nowMs: number): LeavingPacket[] {
    const leaving: LeavingPacket[] = [];
    if (this.#probe) this.#takeProbe(this.#probe, nowMs, leaving);
    else
      while (this.#queuedBytes > 0 && this.#mayLeave(nowMs)) {
        const packet = this.#shift();
        if (!packet) break;
        this.#pay(packet.bytes.length, nowMs);
        leaving.push({ ...packet, probe: undefined });
      }
    return leaving;
  }

  /** A step of a probe: real packets first, and padding where they do not suffice. */
  #takeProbe(probe: RunningProbe, nowMs: number, leaving: LeavingPacket[]): void {
    if (nowMs < this.#nextProbeMs) return;
    const { cluster, startedAtMs } = probe;
    const stepBytes = Math.max(1, (cluster.bps * PROBE_STEP_MS) / 8000);
    // A timer that came late makes up for it at once.
    const dueBytes = ((nowMs - startedAtMs) * cluster.bps) / 8000 + stepBytes;
    const isComplete = (): boolean => probe.packets >= cluster.minPackets && probe.bytes >= cluster.minBytes;
    while (probe.bytes < dueBytes && !isComplete()) {
      const packet = this.#shift() ?? this.#padding(Math.min(stepBytes, cluster.minBytes / cluster.minPackets));
      if (!packet) break;
      const byteLength = packet.bytes.length;
      leaving.push({ ...packet, probe: cluster.id });
      probe.packets += 1;
      probe.bytes += byteLength;
    }
    if (isComplete() || leaving.length === 0 || nowMs - startedAtMs > MAX_PROBE_MS) this.#probe = undefined;
    else this.#nextProbeMs = startedAtMs + (probe.bytes * 8000) / cluster.bps;
  }

  #padding(byteLength: number): PacedPacket | undefined {
    const bytes = this.#options.makePadding(Math.ceil(byteLength));
    return bytes && { bytes, kind: "padding" };
  }

  #shift(): PacedPacket | undefined {
    const resent = this.#retransmissions.shift();
    const bytes = resent ?? this.#video.shift();
    if (!bytes) return undefined;
    this.#queuedBytes -= bytes.length;
    return { bytes, kind: resent ? "retransmission" : "video" };
  }

  #mayLeave(nowMs: number): boolean {
    return this.#paidAtMs - nowMs < BURST_MS && this.#sustainedAtMs - nowMs < SUSTAINED_AFTER_MS;
  }

  #pay(byteLength: number, nowMs: number): void {
    const bits = byteLength * 8;
    this.#paidAtMs = Math.max(nowMs, this.#paidAtMs) + bits / this.#bitsPerMs(PACING_FACTOR);
    this.#sustainedAtMs = Math.max(nowMs, this.#sustainedAtMs) + bits / this.#bitsPerMs(SUSTAINED_FACTOR);
  }

  #bitsPerMs(factor: number): number {
    return Math.max((this.#bitrateBps * factor) / 1000, (this.#queuedBytes * 8) / MAX_QUEUE_MS);
  }
}
