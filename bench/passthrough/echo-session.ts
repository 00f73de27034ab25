import { PacketPeer } from "../webrtc/packet-peer.ts";
import {
  FEEDBACK,
  RTCP,
  type RtcpPart,
  receiverEstimatedMaximumBitrate,
  receiverReport,
  rtcpParts,
  senderReport,
} from "../webrtc/rtcp.ts";
import { isRtcp } from "../webrtc/rtp-packet.ts";
import { type VideoFormat, readVideoFormats, videoFormatLines } from "../webrtc/video-format.ts";
import { transportLines } from "../webrtc/transport-description.ts";

const PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
const OUR_SSRC = 0x0ec40001;
const REPORT_INTERVAL_MS = 500;
/** High enough that the browser's encoder, and not the network's estimate, decides the bitrate. */
const ALLOWED_BITS_PER_SECOND = 5_000_000;

/**
 * Sends every video packet back to where it came from without looking inside: what a server of this kind cannot
 * undercut. Keyframe requests and NACKs for the returned stream go to its real sender, with the names exchanged.
 */
export class EchoSession {
  readonly #asksForNoDelay: boolean;
  readonly #peer: PacketPeer;
  readonly #reports: NodeJS.Timeout;
  #payloadType = -1;
  #playoutDelayId: number | undefined;
  #theirSsrc: number | undefined;
  #highestSequence = 0;
  #lastReport = 0;
  #lastReportAtMs = 0;

  /**
   * @param asksForNoDelay Whether returned packets ask the browser to show pictures at once, as the package's do.
   */
  constructor(asksForNoDelay: boolean, onClose: () => void) {
    this.#asksForNoDelay = asksForNoDelay;
    this.#reports = setInterval(() => this.#report(), REPORT_INTERVAL_MS);
    this.#peer = new PacketPeer({
      onPacket: (packet) => (isRtcp(packet) ? this.#onRtcp(packet) : this.#onRtp(packet)),
      onOpen: () => {},
      onClose: () => {
        clearInterval(this.#reports);
        onClose();
      },
    });
  }

  /** Answers an offer: H.264 when it is offered, as the package does, and VP8 otherwise. */
  async answer(offerSdp: string): Promise<string> {
    const formats = readVideoFormats(offerSdp);
    const format = formats.find(({ codec }) => codec === "h264") ?? formats[0];
    if (!format) throw new Error("The offer has neither H.264 nor VP8.");
    this.#payloadType = format.payloadType;
    const playoutDelay = new RegExp(`^a=extmap:(\\d+) ${PLAYOUT_DELAY}`, "m").exec(offerSdp)?.[1];
    if (playoutDelay !== undefined && this.#asksForNoDelay) this.#playoutDelayId = Number(playoutDelay);
    const transport = transportLines(await this.#peer.answer(offerSdp));
    return answerSdp(offerSdp, format, transport, this.#playoutDelayId);
  }

  addCandidate(candidate: string): void {
    this.#peer.addCandidate(candidate);
  }

  close(): void {
    this.#peer.close();
  }

  #onRtp(packet: Buffer): void {
    if (packet.length < 12 || ((packet[1] ?? 0) & 0x7f) !== this.#payloadType) return;
    this.#theirSsrc = packet.readUInt32BE(8);
    this.#highestSequence = packet.readUInt16BE(2);
    packet.writeUInt32BE(OUR_SSRC, 8);
    this.#peer.send(this.#playoutDelayId === undefined ? packet : withoutPlayoutDelay(packet, this.#playoutDelayId));
  }

  #onRtcp(compound: Buffer): void {
    for (const part of rtcpParts(compound)) {
      if (part.type === RTCP.sr) this.#returnSenderReport(part);
      if (part.type === RTCP.rtpFeedback && part.format === FEEDBACK.nack) this.#returnFeedback(part);
      if (part.type === RTCP.payloadFeedback && part.format === FEEDBACK.pli) this.#returnFeedback(part);
    }
  }

  #returnSenderReport({ bytes }: RtcpPart): void {
    if (bytes.length < 28) return;
    this.#lastReport = bytes.readUInt32BE(10);
    this.#lastReportAtMs = performance.now();
    const report = senderReport(OUR_SSRC, 0, 0, 0, 0);
    bytes.copy(report, 8, 8, 28);
    this.#peer.send(report);
  }

  #returnFeedback({ bytes }: RtcpPart): void {
    if (this.#theirSsrc === undefined || bytes.length < 12) return;
    const feedback = Buffer.from(bytes);
    feedback.writeUInt32BE(OUR_SSRC, 4);
    feedback.writeUInt32BE(this.#theirSsrc, 8);
    this.#peer.send(feedback);
  }

  #report(): void {
    if (this.#theirSsrc === undefined) return;
    const delaySinceReport = this.#lastReport === 0 ? 0 : (performance.now() - this.#lastReportAtMs) * 65.536;
    const report = receiverReport({
      senderSsrc: OUR_SSRC,
      mediaSsrc: this.#theirSsrc,
      highestSequence: this.#highestSequence,
      lastReport: this.#lastReport,
      delaySinceReport,
    });
    const remb = receiverEstimatedMaximumBitrate(OUR_SSRC, this.#theirSsrc, ALLOWED_BITS_PER_SECOND);
    this.#peer.send(Buffer.concat([report, remb]));
  }
}

/**
 * Inserts a header extension that asks the receiver to show the picture at once, as the package does:
 * without it the browser's own caution, and not the server, would be measured.
 */
function withoutPlayoutDelay(packet: Buffer, id: number): Buffer {
  const hasExtensions = ((packet[0] ?? 0) & 0x10) !== 0;
  if (hasExtensions) return packet;
  const headerBytes = 12 + 4 * ((packet[0] ?? 0) & 0x0f);
  const extended = Buffer.allocUnsafe(packet.length + 8);
  packet.copy(extended, 0, 0, headerBytes);
  extended.writeUInt32BE(0xbede0001, headerBytes);
  extended.writeUInt32BE(((id << 4) | 2) * 2 ** 24, headerBytes + 4);
  packet.copy(extended, headerBytes + 8, headerBytes);
  extended[0] = (packet[0] ?? 0) | 0x10;
  return extended;
}

function answerSdp(
  offerSdp: string,
  format: VideoFormat,
  transport: readonly string[],
  playoutDelayId: number | undefined,
): string {
  const sections = offerSdp.split(/^(?=m=)/m).slice(1);
  const mids = sections.map((section) => /^a=mid:(\S+)/m.exec(section)?.[1] ?? "0");
  const lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", `a=group:BUNDLE ${mids.join(" ")}`];
  for (const [index, section] of sections.entries()) {
    const isVideo = section.startsWith("m=video");
    const kind = isVideo
      ? `video 9 UDP/TLS/RTP/SAVPF ${format.payloadType}`
      : "application 9 UDP/DTLS/SCTP webrtc-datachannel";
    lines.push(`m=${kind}`, "c=IN IP4 0.0.0.0", `a=mid:${mids[index] ?? "0"}`, ...transport);
    if (isVideo) {
      lines.push("a=sendrecv", "a=rtcp-mux", "a=rtcp-rsize", ...videoFormatLines(format));
      if (playoutDelayId !== undefined) lines.push(`a=extmap:${playoutDelayId} ${PLAYOUT_DELAY}`);
      lines.push("a=msid:echo video", `a=ssrc:${OUR_SSRC} cname:echo`);
    } else lines.push("a=sctp-port:5000");
  }
  return `${lines.join("\r\n")}\r\n`;
}
