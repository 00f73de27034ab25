import { type BitrateLimits, clampBitrate, DEFAULT_BITRATE_LIMITS, VIDEO_BITRATE_LIMITS } from "./bitrate-limits.ts";
import { ExpectedLoss } from "./expected-loss.ts";
import type { ColorSpaceCode, HeaderExtensionMap, PlayoutDelay } from "./header-extensions.ts";
import { KeyframeRequestGate } from "./keyframe-request-gate.ts";
import { rtpHeaderByteLength } from "./packet.ts";
import type { RoundTripTime } from "./round-trip-time.ts";
import type { ReportBlock } from "./rtcp/report-block.ts";
import type { RtcpPacket } from "./rtcp/compound.ts";
import { type RtxStream, RtxWrapper } from "./rtx.ts";
import { SendBitrate } from "./send-bitrate.ts";
import { SentPacketHistory } from "./sent-packet-history.ts";
import { SentStats } from "./sent-stats.ts";
import { wrapTimestamp } from "./sequence.ts";
import { VideoHeaders } from "./video-headers.ts";
import { MAX_PACKET_BYTES, type Packetization, type VideoPacketizer } from "./video-payload-format.ts";

const VIDEO_CLOCK_RATE = 90_000;
const REPORT_INTERVAL_MS = 1000;
/** How long after the last losses the peer may still keep pictures back to even out repairs, which every picture pays for. */
const CALM_MS = 6000;
/** Assumed until a report block has measured it. */
const DEFAULT_ROUND_TRIP_MS = 50;
/** From which round trip on a packet that is asked for once more is sent twice, in milliseconds. */
const TWO_COPIES_FROM_MS = 60;
/** Larger padding is made of an old packet, which the peer may even have a use for. */
const MAX_EMPTY_PADDING_BYTES = 255;

export interface VideoSendStreamOptions {
  readonly ssrc: number;
  readonly cname: string;
  readonly payloadType: number;
  readonly packetizer: VideoPacketizer;
  readonly extensions: HeaderExtensionMap;
  /** The m-line's identification, sent with each packet if the extension was negotiated. */
  readonly mid?: string;
  /** How long the peer may hold frames back, sent with each packet if the extension was negotiated. */
  readonly playoutDelay?: PlayoutDelay;
  /**
   * Sent instead while the peer reports losses: room to even out the bursts that repairs make, of which a peer that shows each frame at once shows
   * only the last. Chromium evens nothing out below a maximum of 500 ms.
   */
  readonly lossyPlayoutDelay?: PlayoutDelay;
  /** Random, 32 bits: what is added to RTP timestamps (RFC 3550 §5.1). */
  readonly timestampOffset: number;
  /** Random, 16 bits; below 32768 it cannot wrap before the peer's first report (RFC 3711 §3.3.1). */
  readonly firstSequenceNumber: number;
  /** Milliseconds since the Unix epoch at the caller's time 0, the same for all streams of a connection. */
  readonly wallOffsetMs: number;
  /** Shared with the receiving streams of the connection. */
  readonly roundTripTime: RoundTripTime;
  readonly bitrateLimits?: BitrateLimits;
  /** Where to send again what was lost (RFC 4588); without it the original packets are repeated. */
  readonly rtx?: RtxStream;
}

/** What is sent: one picture, as the encoder made it. */
export interface OutgoingVideoFrame {
  readonly data: Uint8Array;
  readonly keyframe: boolean;
  /** When the picture was taken, in microseconds on the caller's clock: the line of time that sound is placed on as well. */
  readonly timestampUs: number;
  /** What the packets of keyframes tell of the colours, if the extension was negotiated. */
  readonly colorSpace?: ColorSpaceCode | undefined;
}

export interface VideoSendStats {
  readonly packetCount: number;
  /** Bytes of payload. */
  readonly byteCount: number;
  readonly frameCount: number;
  readonly keyframeCount: number;
  readonly resentPacketCount: number;
  /** Share of packets lost (0 to 1) in the peer's last report. */
  readonly fractionLost: number;
  readonly targetBps: number;
}

/**
 * One sent video stream: encoded frames in, packets out, and the peer's RTCP turned into what to do: send a packet
 * again, force a keyframe, aim for another bitrate. Packets pass the connection's `TransportStamper` before they leave.
 */
export class VideoSendStream {
  readonly #options: VideoSendStreamOptions;
  readonly #headers: VideoHeaders;
  readonly #expectedLoss = new ExpectedLoss({ calmMs: CALM_MS });
  readonly #history = new SentPacketHistory();
  readonly #sent: SentStats;
  readonly #rtx: RtxWrapper | undefined;
  readonly #gate = new KeyframeRequestGate();
  readonly #bitrate: SendBitrate;
  #transportBps: number | undefined;
  #nextSequenceNumber: number;
  #nextReportMs: number | undefined;
  #frameCount = 0;
  #keyframeCount = 0;
  #resentPacketCount = 0;
  #fractionLost = 0;

  constructor(options: VideoSendStreamOptions) {
    this.#options = options;
    const { ssrc, wallOffsetMs } = options;
    this.#headers = new VideoHeaders(options);
    this.#sent = new SentStats({ ssrc, clockRate: VIDEO_CLOCK_RATE, wallOffsetMs });
    this.#bitrate = new SendBitrate(options.bitrateLimits ?? DEFAULT_BITRATE_LIMITS);
    this.#rtx = options.rtx && new RtxWrapper(options.rtx);
    this.#nextSequenceNumber = options.firstSequenceNumber & 0xffff;
  }

  /** When to call `handleTimer`, or `undefined` before the first frame. */
  get nextTimerMs(): number | undefined {
    return this.#nextReportMs;
  }

  /** What the encoder should aim for, in bits per second. */
  get targetBitrateBps(): number {
    return this.#transportBps ?? this.#bitrate.targetBps;
  }

  /** Notes what the connection's estimate leaves for this stream: reports and REMB say nothing beside it. undefined when there is none. */
  setTransportBitrate(bps: number | undefined): void {
    this.#transportBps = bps === undefined ? undefined : clampBitrate(bps, VIDEO_BITRATE_LIMITS);
  }

  get stats(): VideoSendStats {
    return {
      packetCount: this.#sent.packetCount,
      byteCount: this.#sent.octetCount,
      frameCount: this.#frameCount,
      keyframeCount: this.#keyframeCount,
      resentPacketCount: this.#resentPacketCount,
      fractionLost: this.#fractionLost,
      targetBps: this.targetBitrateBps,
    };
  }

  /** Whether the next frame has to be a keyframe. To be asked once per frame, before it is encoded. */
  takeForcedKeyframe(nowMs: number): boolean {
    return this.#gate.takeForcedKeyframe(nowMs);
  }

  /** The RTP packets of a frame, in sending order. */
  packetize({ data, keyframe, timestampUs, colorSpace }: OutgoingVideoFrame, nowMs: number): Packetization {
    const template = this.#headers.templateFor({
      playoutDelay: this.#playoutDelay,
      colorSpace: keyframe ? colorSpace : undefined,
    });
    const headroom = template.byteLength;
    const result = this.#options.packetizer.packetize(data, {
      headroom,
      maxPayloadByteLength: MAX_PACKET_BYTES - headroom,
    });
    if (result.type !== "packets") return result;
    const { packets } = result;
    if (packets.length === 0) return result;

    const timestamp = wrapTimestamp(Math.round(timestampUs * 0.09) + this.#options.timestampOffset);
    // Not the time of sending: encoding takes its time, now more, now less, and would put the picture out of step.
    this.#sent.handleFrame(timestamp, timestampUs / 1000);
    this.#nextReportMs ??= nowMs;
    this.#frameCount += 1;
    if (keyframe) {
      this.#keyframeCount += 1;
      this.#gate.handleKeyframe(nowMs);
    }
    const last = packets.length - 1;
    for (const [index, packet] of packets.entries()) {
      const sequenceNumber = this.#nextSequenceNumber;
      this.#nextSequenceNumber = (sequenceNumber + 1) & 0xffff;
      template.write(packet, { marker: index === last, sequenceNumber, timestamp });
      this.#sent.handlePacket(packet.length - headroom);
      this.#history.add(packet, { sequenceNumber, nowMs });
    }
    return result;
  }

  /** Begins anew with a keyframe: what was sent before need not arrive any more, and is not sent again. */
  restart(): void {
    this.#history.clear();
    this.#gate.require();
  }

  /**
   * A packet to probe the path with: something old for `byteLength` of more than a few hundred bytes, else nothing but padding.
   * `undefined` without a stream of retransmissions or before the first frame.
   */
  makePadding(byteLength: number): Uint8Array | undefined {
    const { newest } = this.#history;
    if (!this.#rtx || !newest) return undefined;
    const headerByteLength = rtpHeaderByteLength(newest);
    if (byteLength > MAX_EMPTY_PADDING_BYTES && newest.length <= 2 * byteLength) {
      return this.#rtx.wrap(newest, headerByteLength);
    }
    return this.#rtx.padding(newest.subarray(0, headerByteLength), byteLength - headerByteLength);
  }

  /** Takes RTCP from the peer and returns the packets to send again; packets about other streams change nothing. */
  handleRtcp(packet: RtcpPacket, nowMs: number): readonly Uint8Array[] {
    const { ssrc } = this.#options;
    const roundTripMs = this.#options.roundTripTime.currentMs ?? DEFAULT_ROUND_TRIP_MS;
    switch (packet.type) {
      case "nack":
        return packet.mediaSsrc === ssrc ? this.#resend(packet.sequenceNumbers, { nowMs, roundTripMs }) : [];
      case "picture-loss-indication":
        if (packet.mediaSsrc === ssrc) this.#gate.handleRequest({ nowMs, roundTripMs });
        return [];
      case "full-intra-request":
        for (const { ssrc: asked, sequenceNumber } of packet.entries) {
          if (asked !== ssrc) continue;
          this.#gate.handleFir({ senderSsrc: packet.senderSsrc, sequenceNumber }, { nowMs, roundTripMs });
        }
        return [];
      case "remb":
        if (packet.ssrcs.length === 0 || packet.ssrcs.includes(ssrc)) this.#bitrate.handleRemb(packet.bitrateBps);
        return [];
      case "sender-report":
      case "receiver-report":
        for (const report of packet.reports) if (report.ssrc === ssrc) this.#handleReport(report, nowMs);
        return [];
      case "source-description":
      case "goodbye":
      case "transport-wide-feedback":
        return [];
    }
  }

  /** The RTCP that is due: a sender report, which the peer needs to play audio and video in step. */
  handleTimer(nowMs: number): RtcpPacket[] {
    if (this.#nextReportMs === undefined || nowMs < this.#nextReportMs) return [];
    this.#nextReportMs = nowMs + REPORT_INTERVAL_MS;
    const report = this.#sent.report(nowMs);
    if (!report) return [];
    const { ssrc, cname } = this.#options;
    return [report, { type: "source-description", sources: [{ ssrc, cname }] }];
  }

  get #playoutDelay(): PlayoutDelay | undefined {
    const { playoutDelay, lossyPlayoutDelay } = this.#options;
    const isLossy = this.#expectedLoss.percent > 0 && playoutDelay !== undefined;
    return isLossy ? (lossyPlayoutDelay ?? playoutDelay) : playoutDelay;
  }

  #resend(sequenceNumbers: readonly number[], timing: { nowMs: number; roundTripMs: number }): readonly Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (const sequenceNumber of sequenceNumbers) {
      // Lost twice: another failure would freeze the picture for half a second, so that now two copies go.
      const copies = timing.roundTripMs >= TWO_COPIES_FROM_MS && this.#history.wasResent(sequenceNumber) ? 2 : 1;
      const packet = this.#history.takeForResend(sequenceNumber, timing);
      if (!packet) continue;
      const headerByteLength = rtpHeaderByteLength(packet);
      if (this.#rtx) {
        for (let copy = 0; copy < copies; copy += 1) packets.push(this.#rtx.wrap(packet, headerByteLength));
        continue;
      }
      packets.push(packet);
      this.#sent.handlePacket(packet.length - headerByteLength);
    }
    this.#resentPacketCount += packets.length;
    return packets;
  }

  #handleReport(report: ReportBlock, nowMs: number): void {
    this.#options.roundTripTime.handleReportBlock(report, nowMs + this.#options.wallOffsetMs);
    this.#fractionLost = report.fractionLost / 256;
    this.#expectedLoss.handleReport(this.#fractionLost, nowMs);
    this.#bitrate.handleLoss(this.#fractionLost, nowMs);
  }
}
