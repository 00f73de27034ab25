import type { IceCandidate } from "./candidate.ts";

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** The hash of a DTLS certificate (RFC 8122). */
export interface Fingerprint {
  /** Lower case, such as `sha-256`. */
  readonly algorithm: string;
  /** Pairs of upper-case hexadecimal digits with colons between them. */
  readonly value: string;
}

/** Who begins the DTLS handshake (RFC 5763 section 5): `active` does, `actpass` leaves the choice to the other. */
export type DtlsSetup = "actpass" | "active" | "passive" | "holdconn";

/** An offer, read and bounded; nothing in it has been decided. */
export interface Offer {
  /** The mids of each BUNDLE group (RFC 9143): the sections of a group share one transport. */
  readonly bundles: readonly (readonly string[])[];
  readonly iceLite: boolean;
  readonly trickle: boolean;
  /** In the order of the offer, which is the order of the answer. */
  readonly media: readonly MediaSection[];
}

/** One m-line with what belongs to it. Attributes of the session level have been filled in. */
export interface MediaSection {
  /** Its place among the m-lines, from 0. */
  readonly index: number;
  readonly kind: "audio" | "video" | "application" | "other";
  /** The first word of the m-line, for kinds that are "other". */
  readonly media: string;
  readonly port: number;
  /** The transport protocol, such as `UDP/TLS/RTP/SAVPF`. */
  readonly protocol: string;
  /** What follows the protocol: payload types, or `webrtc-datachannel`. */
  readonly formats: readonly string[];
  readonly mid: string | undefined;
  /** As the offerer sees it: `sendonly` means that it sends. */
  readonly direction: Direction;
  /** Whether the offerer has closed this section (port 0 that is not `bundle-only`). */
  readonly rejected: boolean;
  readonly bundleOnly: boolean;
  readonly iceUfrag: string | undefined;
  readonly icePwd: string | undefined;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: DtlsSetup | undefined;
  readonly rtcpMux: boolean;
  /** Whether RTCP that is not compound may be sent (RFC 5506). */
  readonly rtcpReducedSize: boolean;
  /** In the offerer's order of preference, `rtx` and `red` among them. */
  readonly codecs: readonly Codec[];
  readonly headerExtensions: readonly HeaderExtension[];
  /** The offerer's streams, where it says so beforehand. */
  readonly ssrcs: readonly OfferedSsrc[];
  readonly ssrcGroups: readonly SsrcGroup[];
  readonly msid: string | undefined;
  /** Simulcast layers (RFC 8853) that the offerer would send. */
  readonly rids: readonly string[];
  readonly candidates: readonly IceCandidate[];
  readonly endOfCandidates: boolean;
  readonly sctpPort: number | undefined;
  /** Largest data channel message that the offerer accepts, in bytes; 0 means any. Absent means 65536 (RFC 8841 section 6). */
  readonly maxMessageSize: number | undefined;
}

export interface Codec {
  readonly payloadType: number;
  /** As the offer spells it; compare without regard to case. */
  readonly name: string;
  readonly clockRate: number;
  /** Audio channels. */
  readonly channels: number;
  /** The text of `a=fmtp`, as offered. */
  readonly fmtp: string | undefined;
  /** The `key=value` pairs of `a=fmtp`, keys in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  /** RTCP feedback, such as `nack` and `nack pli`, with what `a=rtcp-fb:*` says about all codecs. */
  readonly feedback: readonly string[];
}

export interface HeaderExtension {
  readonly id: number;
  readonly uri: string;
  readonly direction: Direction;
}

export interface OfferedSsrc {
  readonly ssrc: number;
  readonly cname: string | undefined;
}

/** Streams that belong together: `FID` is a stream and its retransmissions (RFC 5576, RFC 4588). */
export interface SsrcGroup {
  readonly semantics: string;
  readonly ssrcs: readonly number[];
}

/** Whether the offerer would send. */
export function offersToSend({ direction, rejected }: MediaSection): boolean {
  return !rejected && (direction === "sendrecv" || direction === "sendonly");
}

/** Whether the offerer would receive. */
export function offersToReceive({ direction, rejected }: MediaSection): boolean {
  return !rejected && (direction === "sendrecv" || direction === "recvonly");
}

/** The direction of an end that sends, receives, both or neither. */
export function directionOf(sends: boolean, receives: boolean): Direction {
  if (sends) return receives ? "sendrecv" : "sendonly";
  return receives ? "recvonly" : "inactive";
}

/** The same direction as the other end sees it. */
export function reverseDirection(direction: Direction): Direction {
  if (direction === "sendonly") return "recvonly";
  if (direction === "recvonly") return "sendonly";
  return direction;
}
