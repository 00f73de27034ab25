import { type DataChannel, PeerConnection, type Track, Video } from "node-datachannel";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import type { Offer } from "../../../src/protocol/sdp/session-description.ts";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import { offeredTransport } from "../../../src/protocol/sdp/transport-parameters.ts";
import {
  NodeDataChannelTransport,
  type NodeDataChannelTransportOptions,
} from "../../../src/transports/webrtc/node-datachannel-transport.ts";
import type {
  PacketDataChannel,
  PacketTransportEvents,
  PacketTransportState,
} from "../../../src/transports/webrtc/packet-transport.ts";

export interface RecordedEvents extends PacketTransportEvents {
  readonly packets: { kind: "rtp" | "rtcp"; hex: string }[];
  readonly states: PacketTransportState[];
  readonly channels: PacketDataChannel[];
  readonly messages: (string | Uint8Array)[];
  readonly closedChannels: PacketDataChannel[];
  readonly errors: Error[];
}

/** Events that are only written down; `overrides` replace some of them. */
export function recordEvents(overrides: Partial<PacketTransportEvents> = {}): RecordedEvents {
  const events: RecordedEvents = {
    packets: [],
    states: [],
    channels: [],
    messages: [],
    closedChannels: [],
    errors: [],
    rtp: (packet) => events.packets.push({ kind: "rtp", hex: Buffer.from(packet).toString("hex") }),
    rtcp: (packet) => events.packets.push({ kind: "rtcp", hex: Buffer.from(packet).toString("hex") }),
    state: (state) => events.states.push(state),
    channelOpen: (channel) => events.channels.push(channel),
    channelMessage: (_channel, message) => events.messages.push(message),
    channelClosed: (channel) => events.closedChannels.push(channel),
    localCandidate: () => undefined,
    pong: () => undefined,
    error: (error) => events.errors.push(error),
    ...overrides,
  };
  return events;
}

export interface NativePeerOptions {
  media?: boolean;
  channels?: readonly string[];
}

/** A peer without codecs, in this process: it sends any bytes as RTP or RTCP. */
export class NativePeer implements AsyncDisposable {
  readonly offer: Offer;
  readonly received: string[] = [];
  readonly channelMessages: (string | Buffer | ArrayBuffer)[] = [];
  readonly channels: DataChannel[] = [];
  readonly states: string[] = [];
  readonly #connection: PeerConnection;
  readonly #track: Track | undefined;
  #open = false;

  constructor({ media = true, channels = ["text"] }: NativePeerOptions = {}) {
    this.#connection = new PeerConnection("client", {
      iceServers: [],
      disableAutoNegotiation: true,
      bindAddress: "127.0.0.1",
    });
    this.#connection.onStateChange((state) => this.states.push(state));
    if (media) {
      const video = new Video("video", "SendRecv");
      video.addVP8Codec(96);
      this.#track = this.#connection.addTrack(video);
      this.#track.onOpen(() => (this.#open = true));
      this.#track.onClosed(() => (this.#open = false));
      this.#track.onMessage((packet) => this.received.push(packet.toString("hex")));
    }
    for (const label of channels) this.channels.push(this.openChannel(label));
    this.#connection.setLocalDescription("offer");
    this.offer = parseOffer(this.#connection.localDescription()?.sdp ?? "");
  }

  /** A transport of ours that answers this peer. */
  connect(events: PacketTransportEvents, options: NodeDataChannelTransportOptions = {}): NodeDataChannelTransport {
    const remote = offeredTransport(this.offer);
    const transport = new NodeDataChannelTransport(
      {
        ...remote,
        media: this.#track !== undefined,
        dataChannel: this.channels.length > 0 ? { maxMessageSize: 65_536 } : undefined,
      },
      events,
      { bindAddress: "127.0.0.1", ...options },
    );
    this.#connection.setRemoteDescription(this.answerOf(transport), "answer");
    // This peer drops a DTLS handshake that begins before it is connected itself, and the next try would come a second later.
    for (const candidate of remote.candidates) transport.addRemoteCandidate(candidate);
    return transport;
  }

  openChannel(label: string): DataChannel {
    const channel = this.#connection.createDataChannel(label);
    channel.onMessage((message) => this.channelMessages.push(message));
    channel.onClosed(() => undefined);
    return channel;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** False for bytes that SRTP cannot protect: those of a malicious peer's own making never get this far. */
  send(packet: Uint8Array): boolean {
    try {
      return this.#track?.sendMessageBinary(Buffer.from(packet)) ?? false;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.#track?.close();
    for (const channel of this.channels) channel.close();
  }

  close(): void {
    this.#connection.close();
  }

  private answerOf({ local, localCandidates }: NodeDataChannelTransport): string {
    const lines = this.offer.media.flatMap(({ media, protocol, formats, mid, kind }) => [
      `m=${media} 9 ${protocol} ${formats.join(" ")}`,
      "c=IN IP4 0.0.0.0",
      `a=mid:${mid}`,
      ...(kind === "application" ? ["a=sctp-port:5000"] : ["a=sendrecv", "a=rtcp-mux", "a=rtpmap:96 VP8/90000"]),
    ]);
    return [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      `a=ice-ufrag:${local.iceUfrag}`,
      `a=ice-pwd:${local.icePwd}`,
      `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
      `a=setup:${local.setup}`,
      ...lines,
      ...localCandidates.map(({ address, port }) => `a=candidate:1 1 UDP 2114977791 ${address} ${port} typ host`),
      "",
    ].join("\r\n");
  }
}

/** A candidate that leads nowhere. */
export const UNREACHABLE_CANDIDATE = parseCandidate("candidate:9 1 udp 1000 192.0.2.99 9 typ host");
