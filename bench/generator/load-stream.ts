import { BITS_PER_SECOND } from "../codec/picture-encoder.ts";
import { PacketPeer } from "../webrtc/packet-peer.ts";
import {
  FEEDBACK,
  RTCP,
  type RtcpPart,
  nackedSequenceNumbers,
  pictureLossIndication,
  receiverEstimatedMaximumBitrate,
  receiverReport,
  rtcpParts,
} from "../webrtc/rtcp.ts";
import { type RtpPacket, isRtcp, parseRtp } from "../webrtc/rtp-packet.ts";
import { type BenchCodec, readVideoFormats } from "../webrtc/video-format.ts";
import { clientOffer, readExtensions } from "./client-offer.ts";
import { PictureReader } from "./picture-reader.ts";
import { type ClipPayloads, SentStream } from "./sent-stream.ts";

const REPORT_INTERVAL_MS = 1000;
/** A keyframe is asked for no more often than this. */
const KEYFRAME_REQUEST_INTERVAL_MS = 500;
const MIDDLE_BITS_OF_NTP = 10;

export interface LoadStreamOptions {
  /** The server's address, to which `/webrtc/offer` is added. */
  readonly url: string;
  readonly id: string;
  readonly ssrc: number;
  /** Offered alone; both are offered, as a browser does, when undefined. */
  readonly codec: BenchCodec | undefined;
  /** The clip's packets in the codec that the server chose. */
  readonly clipOf: (codec: BenchCodec) => ClipPayloads;
  /** Whether the returned pictures are decoded, to measure their latency. */
  readonly readsPictures: boolean;
}

/** What one stream saw since it was last asked. */
export interface StreamCount {
  readonly picturesSent: number;
  readonly picturesReturned: number;
  readonly bytesReturned: number;
  /** One per picture that was read; empty for streams that do not read. */
  readonly latenciesMs: readonly number[];
}

/** One peer of the load generator: sends the clip, counts what comes back and gives the feedback that a browser gives. */
export class LoadStream {
  readonly #options: LoadStreamOptions;
  readonly #peer: PacketPeer;
  readonly #reports: NodeJS.Timeout;
  #sent: SentStream | undefined;
  #reader: PictureReader | undefined;
  #payloadType = -1;
  #isOpen = false;
  #isClosed = false;
  #returnedSsrc = 0;
  #highestSequence = 0;
  #lastReport = 0;
  #lastReportAtMs = 0;
  #keyframeAskedAtMs = 0;
  #lastReturnedTimestamp = -1;
  #counted = { pictures: 0, bytes: 0, sentBefore: 0 };
  #latenciesMs: number[] = [];
  /** Called once, with the first complete picture. */
  #onFirstPicture: () => void = () => {};

  constructor(options: LoadStreamOptions) {
    this.#options = options;
    this.#peer = new PacketPeer({
      onPacket: (packet) => (isRtcp(packet) ? this.#onRtcp(packet) : this.#onRtp(packet)),
      onOpen: () => {
        this.#isOpen = true;
      },
      onClose: () => this.close(),
    });
    this.#reports = setInterval(() => this.#report(), REPORT_INTERVAL_MS);
  }

  get isConnected(): boolean {
    return this.#isOpen && !this.#isClosed;
  }

  /** Sends the offer and takes the answer; packets flow once ICE and DTLS are done. */
  async connect(): Promise<BenchCodec> {
    const { ssrc, codec, clipOf, readsPictures } = this.#options;
    const { candidates, ...transport } = await this.#peer.offer();
    // Without candidates: a server that reached us before its answer did would complete ICE, and begin DTLS, while
    // the library still knows nothing of the fingerprint to expect.
    const offer = clientOffer({ ...transport, candidates: [] }, ssrc, codec);
    const answer = (await this.#post({ type: "offer", sdp: offer })) as { sdp?: string };
    if (answer.sdp === undefined) throw new Error(`The server refused a stream: ${JSON.stringify(answer)}`);
    const [format] = readVideoFormats(answer.sdp);
    if (!format) throw new Error("The answer has no video format that was offered.");
    this.#payloadType = format.payloadType;
    if (readsPictures) this.#reader = new PictureReader(format.codec, () => this.#askForKeyframe());
    const extensions = readExtensions(answer.sdp);
    const send = (packet: Buffer): void => this.#peer.send(packet);
    this.#sent = new SentStream({
      clip: clipOf(format.codec),
      payloadType: format.payloadType,
      ssrc,
      extensions,
      send,
    });
    this.#peer.acceptAnswer(answer.sdp);
    for (const candidate of candidates) {
      const init = { candidate: `${candidate} generation 0`, sdpMid: "0", sdpMLineIndex: 0 };
      await this.#post({ type: "ice-candidate", candidate: init });
    }
    return format.codec;
  }

  /** Resolves with the first returned picture; rejects when none comes in time. */
  firstPicture(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("No picture came back.")), timeoutMs);
      this.#onFirstPicture = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Sends the next picture, if the connection stands. */
  tick(nowMs: number): void {
    if (this.isConnected) this.#sent?.sendPicture(nowMs);
  }

  /** Counts since the last call. */
  takeCount(): StreamCount {
    const sent = this.#sent?.pictures ?? 0;
    const count = {
      picturesSent: sent - this.#counted.sentBefore,
      picturesReturned: this.#counted.pictures,
      bytesReturned: this.#counted.bytes,
      latenciesMs: this.#latenciesMs,
    };
    this.#counted = { pictures: 0, bytes: 0, sentBefore: sent };
    this.#latenciesMs = [];
    return count;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#reports);
    this.#peer.close();
    this.#reader?.[Symbol.dispose]();
  }

  async #post(message: object): Promise<unknown> {
    const response = await fetch(`${this.#options.url}/webrtc/offer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...message, webrtc_id: this.#options.id }),
      signal: AbortSignal.timeout(20_000),
    });
    return response.json();
  }

  #onRtp(bytes: Buffer): void {
    const packet = parseRtp(bytes);
    if (!packet || packet.payloadType !== this.#payloadType || packet.payload.length === 0) return;
    this.#returnedSsrc = packet.ssrc;
    this.#trackSequence(packet);
    this.#counted.bytes += packet.payload.length;
    const arrivedAtMs = packet.marker ? performance.now() : 0;
    const number = this.#reader?.take(packet);
    if (packet.marker && packet.timestamp !== this.#lastReturnedTimestamp) {
      this.#lastReturnedTimestamp = packet.timestamp;
      this.#counted.pictures++;
      this.#onFirstPicture();
    }
    const sentAtMs = number === undefined ? undefined : this.#sent?.sentAtMs(number);
    if (sentAtMs !== undefined) this.#latenciesMs.push(arrivedAtMs - sentAtMs);
  }

  #trackSequence({ sequenceNumber }: RtpPacket): void {
    const ahead = (sequenceNumber - this.#highestSequence) & 0xffff;
    if (this.#highestSequence === 0) this.#highestSequence = sequenceNumber;
    else if (ahead < 0x8000) this.#highestSequence += ahead;
  }

  #onRtcp(compound: Buffer): void {
    for (const part of rtcpParts(compound)) {
      if (part.type === RTCP.sr && part.bytes.length >= 16) {
        this.#lastReport = part.bytes.readUInt32BE(MIDDLE_BITS_OF_NTP);
        this.#lastReportAtMs = performance.now();
      }
      if (part.type === RTCP.rtpFeedback && part.format === FEEDBACK.nack) this.#repeat(part);
      const asksForKeyframe = part.format === FEEDBACK.pli || part.format === FEEDBACK.fir;
      if (part.type === RTCP.payloadFeedback && asksForKeyframe) this.#sent?.rewind();
    }
  }

  #repeat(part: RtcpPart): void {
    const nowMs = performance.now();
    for (const sequence of nackedSequenceNumbers(part)) this.#sent?.repeat(sequence, nowMs);
  }

  #report(): void {
    if (!this.isConnected || !this.#sent) return;
    const parts = [this.#sent.report(Date.now())];
    if (this.#returnedSsrc !== 0) {
      const delaySinceReport = this.#lastReport === 0 ? 0 : (performance.now() - this.#lastReportAtMs) * 65.536;
      parts.push(
        receiverReport({
          senderSsrc: this.#options.ssrc,
          mediaSsrc: this.#returnedSsrc,
          highestSequence: this.#highestSequence,
          lastReport: this.#lastReport,
          delaySinceReport,
        }),
        receiverEstimatedMaximumBitrate(this.#options.ssrc, this.#returnedSsrc, BITS_PER_SECOND),
      );
    }
    this.#peer.send(Buffer.concat(parts));
  }

  #askForKeyframe(): void {
    const nowMs = performance.now();
    if (nowMs - this.#keyframeAskedAtMs < KEYFRAME_REQUEST_INTERVAL_MS) return;
    this.#keyframeAskedAtMs = nowMs;
    this.#peer.send(pictureLossIndication(this.#options.ssrc, this.#returnedSsrc));
  }
}
