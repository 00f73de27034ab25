import { randomInt, randomUUID } from "node:crypto";
import { HEADER_EXTENSION_URIS } from "../../../src/rtp/header-extensions.ts";
import { writeAnswer } from "../../../src/protocol/sdp/answer.ts";
import { type CandidateJson, parseTrickledCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { type MediaWish, type Negotiation, negotiate } from "../../../src/protocol/sdp/negotiation.ts";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import {
  NodeDataChannelTransport,
  type NodeDataChannelTransportOptions,
} from "../../../src/transports/webrtc/node-datachannel-transport.ts";
import type { PacketTransportEvents, PacketTransportState } from "../../../src/transports/webrtc/packet-transport.ts";

export interface PassthroughPeerOptions extends NodeDataChannelTransportOptions {
  videoCodecs?: readonly string[];
  /** Whether audio is echoed as well. @default false */
  audio?: boolean;
  /** Sees every packet of the peer first. */
  onPacket?: (kind: "rtp" | "rtcp", packet: Uint8Array, arrivalMs: number) => void;
  onState?: (state: PacketTransportState) => void;
  /** Whether retransmissions on a stream of their own are agreed on. @default false */
  retransmission?: boolean;
  /** Whether transport-wide feedback is agreed on; nobody gives it, but the peer does. @default false */
  transportFeedback?: boolean;
  /** The largest bitrate that the peer is told it may send, in bits per second. @default 2500000 */
  bitrate?: number;
}

/** Sends a peer its own pictures and sounds back, packet by packet: only SSRC and payload type change. */
export class PassthroughPeer {
  readonly answer: string;
  readonly negotiation: Negotiation;
  readonly transport: NodeDataChannelTransport;
  readonly states: PacketTransportState[] = [];
  readonly errors: Error[] = [];
  readonly messages: (string | Uint8Array)[] = [];
  readonly received = { rtp: 0, rtcp: 0, ignoredCandidates: 0 };
  readonly #ssrcByPayloadType = new Map<number, number>();
  readonly #remoteSsrcs = new Map<number, number>();
  readonly #ownSsrc = randomInt(1, 2 ** 32 - 1);
  readonly #options: PassthroughPeerOptions;

  constructor(offerSdp: string, options: PassthroughPeerOptions = {}) {
    this.#options = options;
    const offer = parseOffer(offerSdp);
    const { transportFeedback = false } = options;
    const transportCc = transportFeedback ? ["transport-cc"] : [];
    this.negotiation = negotiate(offer, {
      video: {
        ...echo(options.videoCodecs ?? ["H264", "VP8"], transportFeedback),
        feedback: ["nack", "nack pli", "ccm fir", "goog-remb", ...transportCc],
        retransmission: options.retransmission ?? false,
      },
      audio: options.audio ? { ...echo(["opus"], transportFeedback), feedback: transportCc } : undefined,
    });
    const { transport, media, dataChannel } = this.negotiation;
    const remote = {
      ...transport,
      media: media.length > 0,
      dataChannel: dataChannel && { maxMessageSize: dataChannel.maxMessageSize ?? 65_536 },
    };
    this.transport = new NodeDataChannelTransport(remote, this.#events(), options);
    for (const candidate of transport.candidates) this.transport.addRemoteCandidate(candidate);
    this.answer = writeAnswer(this.negotiation, {
      local: this.transport.local,
      candidates: this.transport.localCandidates,
      sessionId: randomInt(2 ** 47),
      streamFor: ({ codec }) => {
        const ssrc = randomInt(1, 2 ** 32 - 1);
        this.#ssrcByPayloadType.set(codec.payloadType, ssrc);
        return { ssrc, cname: "echo", streamId: "echo", trackId: randomUUID() };
      },
    });
  }

  addCandidate(json: CandidateJson): void {
    const { candidate } = parseTrickledCandidate(json);
    if (candidate && !this.transport.addRemoteCandidate(candidate)) this.received.ignoredCandidates += 1;
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  #events(): PacketTransportEvents {
    return {
      rtp: (packet, arrivalMs) => {
        this.received.rtp += 1;
        this.#options.onPacket?.("rtp", packet, arrivalMs);
        const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
        const payloadType = view.getUint8(1) & 0x7f;
        const ssrc = this.#ssrcByPayloadType.get(payloadType);
        if (ssrc === undefined) return;
        if (!this.#remoteSsrcs.has(ssrc)) {
          this.#remoteSsrcs.set(ssrc, view.getUint32(8));
          this.#send(pictureLoss(this.#ownSsrc, view.getUint32(8)));
          this.#send(bitrateLimit(this.#ownSsrc, view.getUint32(8), this.#options.bitrate ?? 2_500_000));
        }
        view.setUint32(8, ssrc);
        this.transport.send(packet);
      },
      rtcp: (packet, arrivalMs) => {
        this.received.rtcp += 1;
        this.#options.onPacket?.("rtcp", packet, arrivalMs);
        const source = asksForKeyframe(packet);
        const remote = source === undefined ? undefined : this.#remoteSsrcs.get(source);
        if (remote !== undefined) this.#send(pictureLoss(this.#ownSsrc, remote));
      },
      state: (state) => {
        this.states.push(state);
        this.#options.onState?.(state);
      },
      channelOpen: (channel) => channel.send("hello"),
      channelMessage: (channel, message) => {
        this.messages.push(message);
        channel.send(message);
      },
      channelClosed: () => undefined,
      localCandidate: () => undefined,
      pong: () => undefined,
      error: (error) => this.errors.push(error),
    };
  }

  #send(packet: Uint8Array): void {
    this.transport.send(packet);
  }
}

function echo(codecs: readonly string[], transportFeedback: boolean): MediaWish {
  const { mid, absSendTime, playoutDelay, videoOrientation, audioLevel, transportSequenceNumber } =
    HEADER_EXTENSION_URIS;
  return {
    send: true,
    receive: true,
    codecs,
    feedback: [],
    headerExtensions: [
      mid,
      absSendTime,
      playoutDelay,
      videoOrientation,
      audioLevel,
      ...(transportFeedback ? [transportSequenceNumber] : []),
    ],
    retransmission: false,
  };
}

/** The media source of a PLI or FIR within compound RTCP. */
function asksForKeyframe(packet: Uint8Array): number | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let at = 0; at + 12 <= view.byteLength; at += 4 + 4 * view.getUint16(at + 2)) {
    const format = view.getUint8(at) & 0x1f;
    if (view.getUint8(at + 1) !== 206) continue;
    if (format === 1) return view.getUint32(at + 8);
    if (format === 4 && at + 16 <= view.byteLength) return view.getUint32(at + 12);
  }
  return undefined;
}

function pictureLoss(sender: number, source: number): Uint8Array {
  const view = feedbackHead(1, 3, sender, source);
  return new Uint8Array(view.buffer);
}

function bitrateLimit(sender: number, source: number, bitsPerSecond: number): Uint8Array {
  const view = feedbackHead(15, 6, sender, 0);
  let exponent = 0;
  while (bitsPerSecond / 2 ** exponent >= 2 ** 18) exponent += 1;
  view.setUint32(12, 0x52454d42); // "REMB"
  view.setUint32(16, ((1 << 24) | (exponent << 18) | Math.floor(bitsPerSecond / 2 ** exponent)) >>> 0);
  view.setUint32(20, source);
  return new Uint8Array(view.buffer);
}

/** The head of payload-specific feedback, `words` 32-bit words long (RFC 4585 section 6.1). */
function feedbackHead(format: number, words: number, sender: number, source: number): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(words * 4));
  view.setUint8(0, 0x80 | format);
  view.setUint8(1, 206);
  view.setUint16(2, words - 1);
  view.setUint32(4, sender);
  view.setUint32(8, source);
  return view;
}
