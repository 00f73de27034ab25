import type { ClientError } from "./client-error.ts";
import type { Modality, Mode, TransportKind } from "./modality.ts";
import type { MediaKind } from "./input-media.ts";
import type { StatsEntries } from "./live-stats.ts";
import type { RequestChannel } from "./request-channel.ts";
import type { OfferAnswer, Resume } from "./signalling.ts";

/** What a link tells its connection; nothing any more once it is closed. */
export interface LinkEvents {
  state(state: RTCPeerConnectionState): void;
  message(data: unknown): void;
  /** The server closed it. */
  channelClosed(): void;
  track(track: MediaStreamTrack): void;
  /** Something did less than was asked: the server did not take a candidate, or the browser a wish. */
  trouble(error: ClientError): void;
}

/** What is offered to the server. */
export interface OfferedMedia {
  readonly modality: Modality;
  readonly mode: Mode;
  /** What is sent. */
  readonly input: MediaStream | undefined;
}

/** One way to the server; a connection has a new one whenever its network changes. */
export interface Link {
  readonly kind: TransportKind;
  /** What the page asks of its session. */
  readonly requests: RequestChannel;
  /**
   * Offers the media; returns the server's answer, which `accept` takes.
   * @throws {ClientError} `refused` or `server_unreachable`; or the abort's reason once it is closed.
   */
  offer(media: OfferedMedia, resume: Resume): Promise<OfferAnswer>;
  accept(answer: OfferAnswer, rtpParams?: Partial<RTCRtpSendParameters>): Promise<void>;
  /** Sends another track in place of the one of that kind. */
  replaceTrack(kind: MediaKind, track: MediaStreamTrack): Promise<void>;
  readStats(): Promise<StatsEntries>;
  /** Ends it, and all that it tells. Harmless when repeated. */
  close(): void;
  /** Tells the server that nobody comes, or is there any more, where the link itself may not be able to; resolves when it knows. */
  leave(claim: Resume): Promise<void>;
}
