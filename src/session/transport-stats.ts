import type { Timing } from "./timing-window.ts";

/** What a transport knows of the media it carries. Counts begin with the connection; what is not known is absent. */
export interface TransportStats {
  readonly inbound: {
    readonly video?: InboundVideoCounts | undefined;
    readonly audio?: InboundAudioCounts | undefined;
  };
  readonly outbound: {
    readonly video?: OutboundVideoCounts | undefined;
    readonly audio?: OutboundAudioCounts | undefined;
  };
  /** To the peer and back over the network, in milliseconds. */
  readonly roundTripMs?: number | undefined;
  /** How much the way to the peer is estimated to carry, in bits per second. */
  readonly availableOutgoingBps?: number | undefined;
  /** How long a packet would wait to be sent, in milliseconds, so that the way to the peer is not flooded. */
  readonly pacerMs?: number | undefined;
}

/** One stream of packets, or of messages where the transport is a socket. */
export interface StreamCounts {
  /** As SDP calls it: `H264`, `VP8`, `opus`, `PCMU` (mu-law), `L16` (samples of 16 bits). Absent before the first packet. */
  readonly codec?: string | undefined;
  readonly packets: number;
  /** Bytes of payload. */
  readonly bytes: number;
}

/** A stream that is received. */
export interface InboundCounts extends StreamCounts {
  /** Packets that did not come by themselves (RFC 3550 §6.4.1), repaired or not. Negative when duplicates outweigh losses. */
  readonly packetsLost: number;
  /** Those that came after they were asked for, or whose sound the next packet had a copy of. */
  readonly packetsRepaired?: number | undefined;
  /** Interarrival jitter (RFC 3550 §6.4.1), in milliseconds. */
  readonly jitterMs?: number | undefined;
}

/** Pictures that are received. */
export interface InboundVideoCounts extends InboundCounts {
  /** Pictures that came in whole. */
  readonly frames: number;
  readonly keyframes: number;
  /** Pictures given up because a part of them, or of what they build on, was lost on the network. */
  readonly framesDropped: number;
  /** Whole pictures given up before they were decoded, because this machine fell behind. */
  readonly framesShed: number;
  /** Packets asked for again (RFC 4585 §6.2.1). */
  readonly nacks: number;
  /** Keyframes asked for: picture loss indications and full intra requests. */
  readonly keyframeRequests: number;
  /** How much the peer is allowed to send, in bits per second. */
  readonly allowedBps?: number | undefined;
  readonly decode?: Timing | undefined;
}

/** Sound that is received. */
export interface InboundAudioCounts extends InboundCounts {
  /** Sound that was lost for good and made up for by a guess, in milliseconds. */
  readonly concealedMs: number;
  /** How long sound was held back for packets that were late, in milliseconds, on average. */
  readonly bufferMs?: number | undefined;
}

/** A stream that is sent. */
export interface OutboundCounts extends StreamCounts {
  /** Share of packets that the peer missed, by its last report: 0 to 1. */
  readonly fractionLost?: number | undefined;
}

/** Pictures that are sent. */
export interface OutboundVideoCounts extends OutboundCounts {
  readonly frames: number;
  readonly keyframes: number;
  /** Packets sent again because the peer asked for them. */
  readonly packetsResent: number;
  /** What the encoder aims for, in bits per second. */
  readonly targetBps: number;
  readonly encode?: Timing | undefined;
}

/** Sound that is sent. */
export interface OutboundAudioCounts extends OutboundCounts {
  /** Sound that was sent and has not been heard yet, in milliseconds, where the transport is told. */
  readonly unheardMs?: number | undefined;
}
