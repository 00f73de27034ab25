import type { BitrateLimits } from "./bitrate-limits.ts";
import { ByteRate } from "./byte-rate.ts";
import { BandwidthEstimator, type BandwidthStats } from "./congestion/bandwidth-estimator.ts";
import type { HeaderExtensionMap } from "./header-extensions.ts";
import { type LeavingPacket, Pacer, type PacketKind } from "./pacer.ts";
import type { RoundTripTime } from "./round-trip-time.ts";
import type { RtcpPacket } from "./rtcp/compound.ts";
import { TransportStamper } from "./transport-stamper.ts";

/** Assumed until a report block has measured it. */
const DEFAULT_ROUND_TRIP_MS = 100;
/** What of the bitrate goes into RTP headers. */
const HEADER_SHARE = 0.03;
/** After so long without any transport-wide feedback a peer whose other reports come is taken to send none. */
const NO_FEEDBACK_MS = 2000;
/** How fast packets leave when nothing is known of the path: as bursts of one picture, not faster than a line at home. */
const UNKNOWN_PATH_BPS = 10_000_000;
/** A longer queue than this, and the encoder had better skip a picture. */
const MAX_VIDEO_QUEUE_MS = 100;

export interface PacketSenderOptions {
  readonly extensions: HeaderExtensionMap;
  /** Shared with the streams of the connection, which measure it. */
  readonly roundTripTime: RoundTripTime;
  /**
   * Between which bitrates the connection moves, all its streams together, when the peer gives transport-wide feedback.
   * Absent: it gives none, nothing is estimated, and packets leave as they come.
   */
  readonly limits: BitrateLimits | undefined;
  /** Makes a packet of about so many bytes that means nothing to the peer, to probe with; `undefined` when it cannot. */
  readonly makePadding: (byteLength: number) => Uint8Array | undefined;
  readonly send: (packet: Uint8Array) => void;
  /** Called when what waited was thrown away, because the path has become too slow for it: pictures begin anew. */
  readonly onFlush: () => void;
}

export interface PacketSenderStats extends BandwidthStats {
  /** How long a picture would wait in the pacer, in milliseconds. */
  readonly queueMs: number;
}

/**
 * Where all packets of a connection leave (draft-ietf-rmcat-gcc-02 §4): paced, stamped with their time and number, and their arrival turned into an
 * estimate of what the path bears. It is shared out sound first; pictures get what is left.
 */
export class PacketSender {
  readonly #options: PacketSenderOptions;
  readonly #stamper: TransportStamper;
  /** Absent when the peer gives no transport-wide feedback. */
  #estimator: BandwidthEstimator | undefined;
  readonly #pacer: Pacer | undefined;
  readonly #audioRate = new ByteRate();
  readonly #resentRate = new ByteRate();
  #firstSentAtMs: number | undefined;
  #hasFeedback = false;

  constructor(options: PacketSenderOptions) {
    this.#options = options;
    const { extensions, limits, makePadding } = options;
    this.#stamper = new TransportStamper(extensions);
    if (!limits) return;
    this.#estimator = new BandwidthEstimator(limits);
    this.#pacer = new Pacer({ bitrateBps: limits.startBps, makePadding });
  }

  /** When to call `handleTimer`; `undefined` while nothing waits. */
  get nextTimerMs(): number | undefined {
    const nextMs = Math.min(this.#pacer?.nextTimerMs ?? Infinity, this.#estimator?.nextTimerMs ?? Infinity);
    return nextMs === Infinity ? undefined : nextMs;
  }

  /** What the path bears in all, in bits per second; `undefined` when nothing is known of it. */
  get estimateBps(): number | undefined {
    return this.#estimator?.estimateBps;
  }

  /** What pictures may take, in bits per second of payload; `undefined` when nothing is known of the path. */
  videoBpsAt(nowMs: number): number | undefined {
    if (!this.#estimator) return undefined;
    return Math.max(0, (this.lastingVideoBpsAt(nowMs) ?? 0) - this.#resentRate.bpsAt(nowMs));
  }

  /** The same without regard to what is sent again just now: for what is decided for longer, such as the size of pictures. */
  lastingVideoBpsAt(nowMs: number): number | undefined {
    if (!this.#estimator) return undefined;
    return Math.max(0, this.#estimator.estimateBps * (1 - HEADER_SHARE) - this.#audioRate.bpsAt(nowMs));
  }

  /** Whether so much waits that the next picture had better be skipped than queued. */
  isBehind(nowMs: number): boolean {
    return this.#pacer !== undefined && this.#pacer.queueMs(nowMs) > MAX_VIDEO_QUEUE_MS;
  }

  /** Absent without transport-wide feedback. */
  statsAt(nowMs: number): PacketSenderStats | undefined {
    return this.#estimator && { ...this.#estimator.stats, queueMs: this.#pacer?.queueMs(nowMs) ?? 0 };
  }

  send(packets: readonly Uint8Array[], kind: PacketKind, nowMs: number): void {
    if (!this.#pacer) {
      for (const bytes of packets) {
        this.#stamper.stamp(bytes, nowMs);
        this.#options.send(bytes);
      }
      return;
    }
    this.#release(this.#pacer.push(packets, kind, nowMs), nowMs);
    this.#flush(nowMs);
  }

  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    if (!this.#estimator) return;
    if (packet.type !== "transport-wide-feedback") {
      if (packet.type === "receiver-report" || packet.type === "remb") this.#doubtFeedback(nowMs);
      return;
    }
    this.#hasFeedback = true;
    const roundTripMs = this.#options.roundTripTime.currentMs ?? DEFAULT_ROUND_TRIP_MS;
    this.#estimator.handleFeedback(packet, { nowMs, roundTripMs });
    this.#pacer?.setBitrate(this.#estimator.estimateBps);
    this.#drain(nowMs);
    this.#flush(nowMs);
    this.#startProbe(nowMs);
  }

  handleTimer(nowMs: number): void {
    if (!this.#pacer) return;
    this.#estimator?.handleTimer(nowMs);
    if (this.#estimator) this.#pacer.setBitrate(this.#estimator.estimateBps);
    this.#startProbe(nowMs);
    if ((this.#pacer.nextTimerMs ?? Infinity) <= nowMs) this.#release(this.#pacer.take(nowMs), nowMs);
  }

  #release(leaving: readonly LeavingPacket[], nowMs: number): void {
    if (leaving.length > 0) this.#firstSentAtMs ??= nowMs;
    for (const { bytes, kind, probe } of leaving) {
      const sequenceNumber = this.#stamper.stamp(bytes, nowMs);
      if (sequenceNumber !== undefined) {
        this.#estimator?.handleSent({ sequenceNumber, byteLength: bytes.length, sentAtMs: nowMs, probe });
      }
      if (kind === "audio") this.#audioRate.add(bytes.length, nowMs);
      else if (kind === "retransmission") this.#resentRate.add(bytes.length, nowMs);
      this.#options.send(bytes);
    }
    this.#startProbe(nowMs);
  }

  /**
   * A peer that agreed to transport-wide feedback and reports all else, but never that, would be sent less and less: from then on only
   * its losses and REMB count, as without the agreement.
   */
  #doubtFeedback(nowMs: number): void {
    if (this.#hasFeedback || nowMs - (this.#firstSentAtMs ?? nowMs) < NO_FEEDBACK_MS) return;
    this.#estimator = undefined;
    this.#pacer?.setBitrate(UNKNOWN_PATH_BPS);
  }

  #drain(nowMs: number): void {
    const drain = this.#estimator?.takeDrain();
    if (!drain || !this.#pacer) return;
    if (drain.isCollapse) {
      this.#pacer.clear(nowMs);
      this.#options.onFlush();
    }
    this.#pacer.hold(nowMs + drain.durationMs);
  }

  #flush(nowMs: number): void {
    if (this.#pacer?.flush(nowMs)) this.#options.onFlush();
  }

  #startProbe(nowMs: number): void {
    if (!this.#pacer || this.#pacer.isProbing) return;
    const probe = this.#estimator?.takeProbe(nowMs);
    if (probe) this.#pacer.startProbe(probe, nowMs);
  }
}
