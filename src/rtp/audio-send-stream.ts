import { invariant } from "../errors.ts";
import { ExpectedLoss } from "./expected-loss.ts";
import { findHeaderExtension } from "./header-extension-block.ts";
import type { AudioLevel, HeaderExtensionMap } from "./header-extensions.ts";
import { RtpHeaderTemplate } from "./header-template.ts";
import { OPUS_CLOCK_RATE } from "./opus-packet.ts";
import { parseRtpPacket } from "./packet.ts";
import type { RoundTripTime } from "./round-trip-time.ts";
import type { RtcpPacket } from "./rtcp/compound.ts";
import { SentPacketHistory } from "./sent-packet-history.ts";
import { SentStats } from "./sent-stats.ts";
import { wrapTimestamp } from "./sequence.ts";

const TICKS_PER_US = OPUS_CLOCK_RATE / 1_000_000;
const REPORT_INTERVAL_MS = 1000;
/** How long a packet can be asked for again: what is older is of no use to a listener. */
const RESEND_MAX_AGE_MS = 500;
/** Assumed until a report block has measured it. */
const DEFAULT_ROUND_TRIP_MS = 100;

export interface AudioSendStreamOptions {
  readonly ssrc: number;
  /** The same as that of the video which is to be seen in step with this sound. */
  readonly cname: string;
  readonly payloadType: number;
  readonly extensions: HeaderExtensionMap;
  /** The m-line's identification, sent with each packet if the extension was negotiated. */
  readonly mid?: string;
  /** Random, 32 bits: what is added to RTP timestamps (RFC 3550 §5.1). */
  readonly timestampOffset: number;
  /** Random, 16 bits; below 32768 it cannot wrap before the peer's first report (RFC 3711 §3.3.1). */
  readonly firstSequenceNumber: number;
  /** Milliseconds since the Unix epoch at the caller's time 0, the same for all streams of a connection. */
  readonly wallOffsetMs: number;
  /** Shared with the other streams of the connection. */
  readonly roundTripTime: RoundTripTime;
  /** Whether the peer may ask for packets again (`a=rtcp-fb:… nack`). @default false */
  readonly nack?: boolean;
}

/** What is sent: one Opus packet, as the encoder made it. */
export interface OutgoingAudio {
  readonly data: Uint8Array;
  /** When its first sample is to be heard, in microseconds on the caller's clock. */
  readonly timestampUs: number;
  /** How long it sounds, in ticks of 1/48000 s. */
  readonly ticks: number;
  /** Sent with the packet if the extension was negotiated. */
  readonly level: AudioLevel;
}

export interface AudioSendStats {
  readonly packetCount: number;
  /** Bytes of payload. */
  readonly byteCount: number;
  /** Share of packets lost (0 to 1) in the peer's last report. */
  readonly fractionLost: number;
}

/**
 * One sent Opus stream (RFC 7587): encoded sound in, packets and reports out. RTP timestamps follow the time at which
 * sound is to be heard, so that a pause is a jump in them, and the packet after it carries the marker (RFC 3551 §4.1).
 * Packets pass the connection's `TransportStamper` before they leave.
 */
export class AudioSendStream {
  readonly #options: AudioSendStreamOptions;
  readonly #template: RtpHeaderTemplate;
  /** Where in a packet the byte of the audio level stands. */
  readonly #levelOffset: number | undefined;
  readonly #sent: SentStats;
  readonly #history: SentPacketHistory | undefined;
  #nextSequenceNumber: number;
  /** Where the sound so far ends, on the line of unwrapped RTP timestamps. */
  #endTicks: number | undefined;
  #nextReportMs: number | undefined;
  #fractionLost = 0;
  readonly #expectedLoss = new ExpectedLoss();

  constructor(options: AudioSendStreamOptions) {
    this.#options = options;
    const { ssrc, payloadType, extensions, mid, wallOffsetMs } = options;
    this.#template = new RtpHeaderTemplate({
      ssrc,
      payloadType,
      extensions: [
        ...(mid === undefined ? [] : extensions.elements("mid", mid)),
        ...extensions.elements("audioLevel", { levelDbov: -127, voiceActivity: false }),
        ...extensions.elements("absSendTime", 0),
        ...extensions.elements("transportSequenceNumber", 0),
      ],
    });
    this.#levelOffset = levelOffsetOf(this.#template, extensions);
    this.#sent = new SentStats({ ssrc, clockRate: OPUS_CLOCK_RATE, wallOffsetMs });
    this.#nextSequenceNumber = options.firstSequenceNumber & 0xffff;
    if (options.nack === true) this.#history = new SentPacketHistory({ maxAgeMs: RESEND_MAX_AGE_MS });
  }

  /** When to call `handleTimer`, or `undefined` before the first packet. */
  get nextTimerMs(): number | undefined {
    return this.#nextReportMs;
  }

  get stats(): AudioSendStats {
    return {
      packetCount: this.#sent.packetCount,
      byteCount: this.#sent.octetCount,
      fractionLost: this.#fractionLost,
    };
  }

  /** For what share of lost packets to prepare, in per cent. */
  get expectedLossPercent(): number {
    return this.#expectedLoss.percent;
  }

  /** The RTP packet that carries an Opus packet. */
  packetize({ data, timestampUs, ticks, level }: OutgoingAudio, nowMs: number): Uint8Array<ArrayBuffer> {
    const headroom = this.#template.byteLength;
    const packet = new Uint8Array(headroom + data.length);
    packet.set(data, headroom);
    const begin = this.#beginOf(timestampUs);
    const timestamp = wrapTimestamp(begin + this.#options.timestampOffset);
    const marker = begin !== this.#endTicks;
    this.#template.write(packet, { marker, sequenceNumber: this.#nextSequenceNumber, timestamp });
    if (this.#levelOffset !== undefined) packet[this.#levelOffset] = levelByte(level);
    this.#history?.add(packet, { sequenceNumber: this.#nextSequenceNumber, nowMs });
    this.#nextSequenceNumber = (this.#nextSequenceNumber + 1) & 0xffff;
    this.#endTicks = begin + ticks;
    // Not the time of sending: it varies, and would put the sound out of step with the picture.
    this.#sent.handleFrame(timestamp, timestampUs / 1000);
    this.#sent.handlePacket(data.length);
    this.#nextReportMs ??= nowMs;
    return packet;
  }

  /** Takes RTCP from the peer and returns the packets to send again; what is about other streams changes nothing. */
  handleRtcp(packet: RtcpPacket, nowMs: number): Uint8Array[] {
    if (packet.type === "nack" && packet.mediaSsrc === this.#options.ssrc) {
      return this.#resend(packet.sequenceNumbers, nowMs);
    }
    if (packet.type !== "sender-report" && packet.type !== "receiver-report") return [];
    for (const report of packet.reports) {
      if (report.ssrc !== this.#options.ssrc) continue;
      this.#options.roundTripTime.handleReportBlock(report, nowMs + this.#options.wallOffsetMs);
      this.#fractionLost = report.fractionLost / 256;
      this.#expectedLoss.handleReport(this.#fractionLost, nowMs);
    }
    return [];
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

  #resend(sequenceNumbers: readonly number[], nowMs: number): Uint8Array[] {
    const roundTripMs = this.#options.roundTripTime.currentMs ?? DEFAULT_ROUND_TRIP_MS;
    return sequenceNumbers.flatMap((sequenceNumber) => {
      const packet = this.#history?.takeForResend(sequenceNumber, { nowMs, roundTripMs });
      return packet ? [packet] : [];
    });
  }

  /**
   * Sound that goes on where the last packet ended, to the millisecond, goes on there to the tick. So does sound that would
   * begin before: a peer drops what overlaps with what it has.
   */
  #beginOf(timestampUs: number): number {
    const begin = Math.round(timestampUs * TICKS_PER_US);
    const end = this.#endTicks;
    return end !== undefined && begin - end <= OPUS_CLOCK_RATE / 1000 ? end : begin;
  }
}

function levelOffsetOf(template: RtpHeaderTemplate, extensions: HeaderExtensionMap): number | undefined {
  const id = extensions.idOf("audioLevel");
  if (id === undefined) return undefined;
  const bytes = new Uint8Array(template.byteLength);
  template.write(bytes, { marker: false, sequenceNumber: 0, timestamp: 0 });
  const packet = parseRtpPacket(bytes);
  const value = packet && findHeaderExtension(packet, id);
  invariant(value, "the template holds place for the audio level");
  return value.byteOffset;
}

/** RFC 6464 §3. */
function levelByte({ levelDbov, voiceActivity }: AudioLevel): number {
  return (voiceActivity ? 0x80 : 0) | Math.min(127, Math.max(0, Math.round(-levelDbov)));
}
