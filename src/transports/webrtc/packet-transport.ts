import type { CandidateType, IceCandidate } from "../../protocol/sdp/candidate.ts";
import type { TransportParameters } from "../../protocol/sdp/transport-parameters.ts";

/** What a packet transport must know of the peer: a plain excerpt of its offer. */
export interface RemoteTransport extends TransportParameters {
  /** Who begins the DTLS handshake: with `actpass` we do. */
  readonly setup: "actpass" | "active" | "passive";
  /** Whether the offer has an audio or video section that is answered. */
  readonly media: boolean;
  /** The offer's data channel section, if it is answered. `maxMessageSize` is in bytes, 0 for any. */
  readonly dataChannel: { readonly maxMessageSize: number } | undefined;
}

/** What our answer has to say about this end. */
export interface LocalTransport extends TransportParameters {
  readonly setup: "active" | "passive";
}

/**
 * - `connecting`: from the start, until packets can flow
 * - `connected`: `send` works
 * - `disconnected`: the peer has closed the connection
 * - `failed`: ICE or DTLS gave up
 * - `closed`: over, the last event of all
 */
export type PacketTransportState = "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** Called on the main thread, never from inside a call into the transport. What a listener throws goes to `error`. */
export interface PacketTransportEvents {
  /** One decrypted RTP packet of any SSRC; its memory is the listener's own. `arrivalMs` is on the transport's clock. */
  rtp(packet: Uint8Array, arrivalMs: number): void;
  /** One decrypted RTCP packet, compound as it was sent. */
  rtcp(packet: Uint8Array, arrivalMs: number): void;
  state(state: PacketTransportState): void;
  channelOpen(channel: PacketDataChannel): void;
  channelMessage(channel: PacketDataChannel, message: string | Uint8Array): void;
  channelClosed(channel: PacketDataChannel): void;
  /** The peer has answered a `ping`. */
  pong(): void;
  /** A candidate that was found after the transport had been made. */
  localCandidate(candidate: IceCandidate): void;
  error(error: Error): void;
}

/** A data channel that the peer has opened. */
export interface PacketDataChannel {
  readonly id: number;
  readonly label: string;
  readonly protocol: string;
  readonly isOpen: boolean;
  /** Bytes that wait for the peer. */
  readonly bufferedAmount: number;
  /** The longest message that the peer accepts, in bytes. */
  readonly maxMessageSize: number;
  /**
   * Sends a message. It returns false when the channel is closed, or so much waits for the peer already that it was dropped.
   * @throws {FastRtcError} `invalid_argument` when the message is larger than the peer accepts.
   */
  send(message: string | Uint8Array): boolean;
  close(): void;
}

export interface CandidateAddress {
  readonly address: string;
  readonly port: number;
  readonly type: string;
}

export interface CandidatePair {
  readonly local: CandidateAddress;
  readonly remote: CandidateAddress;
}

/** Counters since the start; bytes are those of RTP and RTCP packets, without the wire's overhead. */
export interface PacketTransportStats {
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  readonly packetsSent: number;
  readonly bytesSent: number;
  /** Received packets thrown away unread, because the event loop was busy for too long. */
  readonly packetsShed: number;
  /** Received packets that were neither RTP nor RTCP. */
  readonly packetsInvalid: number;
  /** Packets that could not be sent: not connected (any more), or refused by the system. */
  readonly sendFailures: number;
}

/**
 * One encrypted path to one peer: ICE, DTLS and SRTP beneath, raw RTP and RTCP above. It knows nothing of
 * codecs, payload types or SDP media sections, so that another engine can take this one's place.
 */
export interface PacketTransport extends AsyncDisposable {
  readonly local: LocalTransport;
  /** Those found so far; the host candidates are there from the start. */
  readonly localCandidates: readonly IceCandidate[];
  readonly state: PacketTransportState;
  /**
   * Adds a way to reach the peer. It returns false for those that no use can be made of: TCP, host names (a peer behind
   * an mDNS name shows itself by its own checks), other components, and more than 64 of them.
   */
  addRemoteCandidate(candidate: IceCandidate): boolean;
  /** Resolves once candidates of all these types are there, gathering is over, the transport closes, or `timeoutMs` have passed. */
  candidatesFound(types: readonly CandidateType[], timeoutMs: number): Promise<void>;
  /** Encrypts and sends one RTP or RTCP packet; false when it could not be sent. */
  send(packet: Uint8Array): boolean;
  /** Asks a peer with a data channel for a sign of life, which arrives as the event `pong`. */
  ping(): void;
  /** The pair of addresses in use, once connected. */
  selectedPair(): CandidatePair | undefined;
  stats(): PacketTransportStats;
  /** Says goodbye to the peer and frees everything. Harmless when repeated. */
  close(): Promise<void>;
}
