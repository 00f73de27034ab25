import { invariant } from "../errors.ts";
import { type BitrateLimits, DEFAULT_BITRATE_LIMITS } from "./bitrate-limits.ts";
import { FrameArrivals } from "./frame-arrivals.ts";
import { type AssembledFrame, FrameAssembler } from "./frame-assembler.ts";
import type { ColorSpaceCode, HeaderExtensionMap, VideoOrientation } from "./header-extensions.ts";
import { KeyframeRequester } from "./keyframe-requester.ts";
import { NackGenerator } from "./nack-generator.ts";
import type { RtpPacket } from "./packet.ts";
import { ReceiveBitrate } from "./receive-bitrate.ts";
import type { VideoReceiveSnapshot } from "./receive-snapshot.ts";
import { ReceptionStats } from "./reception-stats.ts";
import type { RoundTripTime } from "./round-trip-time.ts";
import type { RtcpPacket } from "./rtcp/compound.ts";
import { unwrapRtx } from "./rtx.ts";
import { SequenceUnwrapper } from "./sequence.ts";
import { depacketizerOf, type VideoCodecName } from "./video-codec.ts";

const VIDEO_CLOCK_RATE = 90_000;
/** Assumed until a report block or a retransmission has measured it. */
const DEFAULT_ROUND_TRIP_MS = 100;
/** How long a packet that was asked for again may be late, and in how many round trips it should have come. */
const MIN_GAP_TIMEOUT_MS = 400;
const MAX_GAP_TIMEOUT_MS = 1000;
const REPAIR_ROUNDS = 6;
/** How long a packet may be late when it cannot be asked for again. */
const REORDER_TIMEOUT_MS = 60;
/** Reports are frequent while the bitrate is still climbing. */
const EAGER_REPORT_INTERVAL_MS = 250;
const EAGER_REPORT_PERIOD_MS = 5000;
const REPORT_INTERVAL_MS = 1000;
/** Fewer packets say nothing of the share that is lost. */
const MIN_PACKETS_TO_JUDGE_LOSS = 20;
/** A peer that sends nothing cannot be asked for a keyframe. */
const SILENCE_MS = 2000;

export interface VideoReceiveStreamOptions {
  /** Of the stream that is received. */
  readonly ssrc: number;
  /** Ours, in the reports about it. */
  readonly localSsrc: number;
  /** The codec of each payload type that was negotiated. */
  readonly codecs: ReadonlyMap<number, VideoCodecName>;
  /** The payload type that each type of retransmissions (RFC 4588) stands for, `apt` in SDP. */
  readonly rtxPayloadTypes?: ReadonlyMap<number, number>;
  readonly extensions: HeaderExtensionMap;
  /** What the peer understands, from `a=rtcp-fb`. */
  readonly feedback: VideoFeedback;
  /** Shared with the sending streams of the connection, which measure it. */
  readonly roundTripTime: RoundTripTime;
  /** How much the peer may send. */
  readonly bitrateLimits?: BitrateLimits;
}

export interface VideoFeedback {
  /** `nack` */
  readonly nack: boolean;
  /** `nack pli`, `ccm fir`; PLI is preferred. Without either a broken picture waits for the peer's next keyframe. */
  readonly pli: boolean;
  readonly fir: boolean;
  /** `goog-remb` */
  readonly remb: boolean;
}

/** One whole encoded frame as it was received, for the decoder. */
export interface ReceivedVideoFrame {
  /** An H.264 access unit in Annex B format, or a VP8 frame. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly codec: VideoCodecName;
  readonly keyframe: boolean;
  /** In ticks of 1/90000 s, unwrapped. */
  readonly rtpTimestamp: number;
  /** The same in microseconds; only differences mean something. */
  readonly timestampUs: number;
  /** When its first and its last packet arrived, in the caller's milliseconds. */
  readonly firstReceivedAtMs: number;
  readonly receivedAtMs: number;
  /** The clockwise turn that makes the picture upright. */
  readonly rotation: VideoOrientation["rotation"];
  /** What the sender says of the colours beside the picture; `undefined` when it says nothing. */
  readonly colorSpace: ColorSpaceCode | undefined;
}

const NO_FRAMES: readonly ReceivedVideoFrame[] = Object.freeze([]);

/**
 * One received video stream: packets in, whole frames and the RTCP about them out. After each call `nextTimerMs` may
 * have changed; it is when `handleTimer` has RTCP to send.
 */
export class VideoReceiveStream {
  readonly #options: VideoReceiveStreamOptions;
  readonly #unwrapper = new SequenceUnwrapper();
  readonly #reception = new ReceptionStats({ clockRate: VIDEO_CLOCK_RATE });
  readonly #assembler: FrameAssembler;
  readonly #nacks = new NackGenerator();
  readonly #keyframes = new KeyframeRequester();
  readonly #bitrate: ReceiveBitrate;
  readonly #frames = new FrameArrivals();
  #rotation: VideoOrientation["rotation"] = 0;
  #colorSpace: ColorSpaceCode | undefined;
  #firSequence = 0;
  #byteCount = 0;
  #rtxPacketCount = 0;
  #nackedPacketCount = 0;
  #firstPacketAtMs: number | undefined;
  #lastPacketAtMs = 0;
  #nextReportMs: number | undefined;
  #reportedPacketCount = 0;

  constructor(options: VideoReceiveStreamOptions) {
    this.#options = options;
    const depacketizers = new Map([...options.codecs].map(([type, codec]) => [type, depacketizerOf(codec)]));
    this.#assembler = new FrameAssembler({ depacketizers });
    this.#bitrate = new ReceiveBitrate(options.bitrateLimits ?? DEFAULT_BITRATE_LIMITS);
  }

  /** When to call `handleTimer`, or `undefined` while there is nothing to wait for. */
  get nextTimerMs(): number | undefined {
    const { nack, pli, fir } = this.#options.feedback;
    const nextMs = Math.min(
      this.#nextReportMs ?? Infinity,
      (nack ? this.#nacks.nextTimerMs : undefined) ?? Infinity,
      (pli || fir ? this.#keyframes.nextTimerMs : undefined) ?? Infinity,
      this.#assembler.nextTimerMs ?? Infinity,
    );
    return nextMs === Infinity ? undefined : Math.max(nextMs, this.#lastPacketAtMs);
  }

  /** What has been counted so far. */
  snapshot(): VideoReceiveSnapshot {
    const { receivedCount, cumulativeLost, jitterMs } = this.#reception;
    return {
      kind: "video",
      packetCount: receivedCount,
      byteCount: this.#byteCount,
      cumulativeLost,
      jitterMs,
      nackedPacketCount: this.#nackedPacketCount,
      repairedPacketCount: this.#nacks.repairedCount,
      rtxPacketCount: this.#rtxPacketCount,
      ...this.#frames.counts,
      droppedFrameCount: this.#assembler.droppedFrameCount,
      keyframeRequestCount: this.#keyframes.requestCount,
      allowedBps: this.#bitrate.currentBps,
    };
  }

  /**
   * Takes a packet of this stream or of its retransmissions and returns the frames that it completes, in decode order.
   */
  handlePacket(packet: RtpPacket, nowMs: number): readonly ReceivedVideoFrame[] {
    const payloadType = this.#options.rtxPayloadTypes?.get(packet.payloadType);
    if (payloadType !== undefined) {
      const original = unwrapRtx(packet, { ssrc: this.#options.ssrc, payloadType });
      if (!original || !this.#reception.mayBeRepaired(original.sequenceNumber)) return NO_FRAMES;
      this.#rtxPacketCount += 1;
      return this.#insert(original, nowMs);
    }
    const verdict = this.#reception.handlePacket(packet, nowMs);
    if (verdict === "suspect") return NO_FRAMES;
    if (verdict === "restarted") {
      this.#unwrapper.reset();
      this.#assembler.reset();
      this.#nacks.reset();
    }
    this.#firstPacketAtMs ??= nowMs;
    this.#nextReportMs ??= nowMs;
    return this.#insert(packet, nowMs);
  }

  /** Takes RTCP from the peer; packets that are not about this stream change nothing. */
  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    if (packet.type === "sender-report" && packet.ssrc === this.#options.ssrc) {
      this.#reception.handleSenderReport(packet, nowMs);
    }
  }

  /** Asks for a keyframe, and gives out nothing before it comes: for a decoder that failed. */
  requireKeyframe(): void {
    this.#assembler.requireKeyframe();
    this.#updateKeyframeNeed();
  }

  /** The RTCP that is due, in sending order; reports come first. */
  handleTimer(nowMs: number): RtcpPacket[] {
    const { ssrc, localSsrc, feedback, roundTripTime } = this.#options;
    const roundTripMs = roundTripTime.currentMs ?? this.#nacks.answerMs ?? DEFAULT_ROUND_TRIP_MS;
    this.#nacks.setRoundTripMs(roundTripMs);
    this.#keyframes.setRoundTripMs(roundTripMs);
    // Time for six rounds of asking. Giving up earlier costs a whole keyframe on a network that is losing packets: of its
    // twenty packets one is lost more often than not, and the repair begins again.
    this.#assembler.setGapTimeoutMs(
      feedback.nack
        ? Math.min(MAX_GAP_TIMEOUT_MS, Math.max(MIN_GAP_TIMEOUT_MS, REPAIR_ROUNDS * roundTripMs + 50))
        : REORDER_TIMEOUT_MS,
    );

    const due: RtcpPacket[] = this.#takeReport(nowMs);
    if (feedback.nack) {
      const sequenceNumbers = this.#nacks.takeRequests(nowMs);
      if (this.#nacks.takeGivenUp()) this.#assembler.giveUp();
      this.#nackedPacketCount += sequenceNumbers.length;
      if (sequenceNumbers.length > 0) {
        due.push({ type: "nack", senderSsrc: localSsrc, mediaSsrc: ssrc, sequenceNumbers });
      }
    }
    this.#assembler.handleTimer(nowMs);
    this.#nacks.forgetBefore(this.#assembler.head);
    this.#updateKeyframeNeed();
    if (nowMs - this.#lastPacketAtMs > SILENCE_MS) this.#keyframes.setNeeded(false);
    if ((feedback.pli || feedback.fir) && this.#keyframes.takeRequest(nowMs)) due.push(this.#keyframeRequest());
    return due;
  }

  #insert(packet: RtpPacket, nowMs: number): readonly ReceivedVideoFrame[] {
    this.#byteCount += packet.payload.length;
    this.#lastPacketAtMs = nowMs;
    const sequence = this.#unwrapper.unwrap(packet.sequenceNumber);
    if (this.#options.feedback.nack) {
      this.#nacks.handlePacket(sequence, nowMs);
      if (this.#nacks.takeGivenUp()) this.#assembler.giveUp();
    }
    const assembled = this.#assembler.insert(packet, { sequence, nowMs });
    this.#nacks.forgetBefore(this.#assembler.head);
    this.#updateKeyframeNeed();
    return assembled.length === 0 ? NO_FRAMES : assembled.map((frame) => this.#describe(frame, nowMs));
  }

  #takeReport(nowMs: number): RtcpPacket[] {
    if (this.#nextReportMs === undefined || nowMs < this.#nextReportMs) return [];
    const { ssrc, localSsrc, feedback } = this.#options;
    const { receivedCount } = this.#reception;
    const arrived = receivedCount - this.#reportedPacketCount;
    this.#reportedPacketCount = receivedCount;
    if (arrived === 0) {
      this.#nextReportMs = undefined; // Silent: the next packet starts the reports again.
      return [];
    }
    const eager = nowMs - (this.#firstPacketAtMs ?? nowMs) < EAGER_REPORT_PERIOD_MS;
    this.#nextReportMs = nowMs + (eager ? EAGER_REPORT_INTERVAL_MS : REPORT_INTERVAL_MS);
    const report = this.#reception.takeReportBlock(ssrc, nowMs);
    this.#bitrate.update(arrived < MIN_PACKETS_TO_JUDGE_LOSS ? 0 : report.fractionLost / 256, nowMs);
    const due: RtcpPacket[] = [{ type: "receiver-report", ssrc: localSsrc, reports: [report] }];
    if (feedback.remb) {
      due.push({ type: "remb", senderSsrc: localSsrc, bitrateBps: this.#bitrate.currentBps, ssrcs: [ssrc] });
    }
    return due;
  }

  #keyframeRequest(): RtcpPacket {
    const { ssrc, localSsrc, feedback } = this.#options;
    if (feedback.pli) return { type: "picture-loss-indication", senderSsrc: localSsrc, mediaSsrc: ssrc };
    this.#firSequence = (this.#firSequence + 1) & 0xff;
    return {
      type: "full-intra-request",
      senderSsrc: localSsrc,
      entries: [{ ssrc, sequenceNumber: this.#firSequence }],
    };
  }

  #updateKeyframeNeed(): void {
    this.#keyframes.setNeeded(this.#assembler.needsKeyframe && !this.#assembler.keyframeArriving);
  }

  #describe(frame: AssembledFrame, nowMs: number): ReceivedVideoFrame {
    const { data, keyframe, rtpTimestamp, payloadType, firstReceivedAtMs, receivedAtMs, lastPacket } = frame;
    const codec = this.#options.codecs.get(payloadType);
    invariant(codec, "frames are assembled from the packets of known codecs only");
    const orientation = this.#options.extensions.read(lastPacket, "videoOrientation");
    if (orientation) this.#rotation = orientation.rotation;
    const colorSpace = this.#options.extensions.read(lastPacket, "colorSpace");
    // It holds until it changes; a keyframe without it takes it back.
    if (colorSpace || keyframe) this.#colorSpace = colorSpace;
    this.#frames.handleFrame({ keyframe, firstReceivedAtMs }, nowMs);
    return {
      data,
      codec,
      keyframe,
      rtpTimestamp,
      timestampUs: Math.round((rtpTimestamp * 1000) / 90),
      firstReceivedAtMs,
      receivedAtMs,
      rotation: this.#rotation,
      colorSpace: this.#colorSpace,
    };
  }
}
