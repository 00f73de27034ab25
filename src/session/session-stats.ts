import type { Timing } from "./timing-window.ts";
import type {
  InboundAudioCounts,
  InboundVideoCounts,
  OutboundAudioCounts,
  OutboundVideoCounts,
} from "./transport-stats.ts";

/**
 * How one peer's stream does, as `stream.stats(id)` gives it. Times are in milliseconds, rates per second, counts since the
 * connection began. A rate is an average since an earlier reading, one to five seconds ago where there was
 * one, otherwise since the one before or the connection. What is not known, or does not exist, is absent.
 */
export interface SessionStats {
  readonly webrtcId: string;
  readonly transport: "webrtc" | "websocket" | "telephone" | "loopback";
  /** `interrupted`: the network failed, and the peer may come back. */
  readonly state: "connecting" | "connected" | "interrupted" | "ended";
  /** How long the peer has been connected; 0 before. */
  readonly connectedMs: number;
  /** To the peer and back over the network, without any processing. */
  readonly roundTripMs?: number | undefined;
  /** How much the way to the peer is estimated to carry, in bits per second. */
  readonly availableOutgoingBps?: number | undefined;
  /** How long a packet would wait to be sent, so that the way to the peer is not flooded. */
  readonly pacerMs?: number | undefined;
  /** What the peer sends. */
  readonly inbound: { readonly video?: InboundVideoStats | undefined; readonly audio?: InboundAudioStats | undefined };
  /** What it is sent. */
  readonly outbound: {
    readonly video?: OutboundVideoStats | undefined;
    readonly audio?: OutboundAudioStats | undefined;
  };
  /** Where the time of a picture goes, over the last 128 of them. */
  readonly processing: ProcessingStats;
}

/** Where the time of a picture goes between network and network. */
export interface ProcessingStats {
  /** From a whole compressed picture to a `VideoFrame`. */
  readonly decode?: Timing | undefined;
  /** How long pictures waited for a busy handler. */
  readonly queue?: Timing | undefined;
  /** From the picture that the handler was given to what it returned. */
  readonly handler?: Timing | undefined;
  /** From a `VideoFrame` to a compressed picture. */
  readonly encode?: Timing | undefined;
}

/** How much a stream carries. */
export interface StreamRates {
  /** Bits of payload per second. */
  readonly bitrateBps: number;
}

/** How much of a stream is lost. */
export interface LossRate {
  /** Share of packets that did not come by themselves lately, repaired or not: 0 to 1. */
  readonly fractionLost: number;
}

/** How many pictures a stream carries, and how large ones. */
export interface PictureRates {
  /** Pictures per second. */
  readonly fps: number;
  /** Size of the last picture in pixels; absent before the first. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** The pictures that the peer sends. */
export interface InboundVideoStats extends Omit<InboundVideoCounts, "decode">, StreamRates, LossRate, PictureRates {
  /** Pictures that were decoded. */
  readonly framesDecoded: number;
  /** Pictures that the handler did not get because a newer one was there first. */
  readonly framesSkipped: number;
  /**
   * Pauses in which a viewer sees the picture stand still: longer than three times the usual distance between pictures and
   * than that distance and 150 ms (as W3C's `freezeCount`), and their length in all.
   */
  readonly freezes: number;
  readonly freezesMs: number;
}

/** The sound that the peer sends. */
export interface InboundAudioStats extends InboundAudioCounts, StreamRates, LossRate {
  /** Sound that waits for the handler. */
  readonly waitingMs: number;
}

/** The pictures that the peer is sent. */
export interface OutboundVideoStats extends Omit<OutboundVideoCounts, "encode">, StreamRates, PictureRates {}

/** The sound that the peer is sent. */
export interface OutboundAudioStats extends OutboundAudioCounts, StreamRates {
  /** Sound from the handler that waits for its time to be sent. */
  readonly waitingMs: number;
}
