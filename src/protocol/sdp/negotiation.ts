import { FastRtcError } from "../../errors.ts";
import { chooseCodec, codecNames } from "./codec-choice.ts";
import {
  type Codec,
  type Direction,
  type HeaderExtension,
  type MediaSection,
  type Offer,
  directionOf,
  offersToReceive,
  offersToSend,
  reverseDirection,
} from "./session-description.ts";
import { type OfferedTransport, offeredTransport } from "./transport-parameters.ts";

/** What this end wants of one kind of media. */
export interface MediaWish {
  readonly send: boolean;
  readonly receive: boolean;
  /** Names of codecs, the best first, such as `["H264", "VP8"]`. */
  readonly codecs: readonly string[];
  /** RTCP feedback to agree on where it is offered, such as `["nack", "nack pli", "ccm fir", "goog-remb"]`. */
  readonly feedback: readonly string[];
  /** URIs of header extensions to agree on where they are offered. */
  readonly headerExtensions: readonly string[];
  /** Whether retransmissions on a stream of their own (RFC 4588) are agreed on where they are offered. */
  readonly retransmission: boolean;
  /** Parameters of our own for a codec's `fmtp`, instead of the offered ones, by the codec's name in lower case. */
  readonly fmtp?: Readonly<Record<string, string>>;
}

export interface NegotiationWishes {
  /** Absent: nothing is to be done with video. */
  readonly video?: MediaWish | undefined;
  readonly audio?: MediaWish | undefined;
  /** Whether the data channel section is taken. @default true */
  readonly dataChannel?: boolean;
}

/** An audio or video section that both ends will use. */
export interface AgreedMedia {
  readonly section: MediaSection;
  /** As this end sees it. */
  readonly direction: Exclude<Direction, "inactive">;
  readonly codec: Codec;
  readonly rtxPayloadType: number | undefined;
  /** What the answer says in `a=fmtp`. */
  readonly fmtp: string | undefined;
  readonly feedback: readonly string[];
  readonly headerExtensions: readonly HeaderExtension[];
}

/** What becomes of each m-line, in the order of the offer. */
export type SectionOutcome =
  | { readonly type: "media"; readonly media: AgreedMedia }
  | { readonly type: "data"; readonly section: MediaSection }
  /** Stays in the bundle, carries nothing. */
  | { readonly type: "inactive"; readonly section: MediaSection }
  | { readonly type: "rejected"; readonly section: MediaSection };

export interface Negotiation {
  readonly transport: OfferedTransport;
  readonly outcomes: readonly SectionOutcome[];
  readonly media: readonly AgreedMedia[];
  readonly dataChannel: MediaSection | undefined;
  /** Sections with which the peer would send something that nobody here wants. */
  readonly extraTracks: readonly MediaSection[];
}

/**
 * Decides section by section what an answer will agree to (RFC 9429 section 5.3.1). What is to be received and what is to be sent may come
 * to lie on one section or on two. It decides only; `writeAnswer` writes it down.
 * @throws {FastRtcError} `invalid_sdp` when the offer has no transport to answer on; `unsupported_codec` when
 *   a section that is wanted offers no codec of the wish: the message lists what was offered.
 */
export function negotiate(offer: Offer, { video, audio, dataChannel = true }: NegotiationWishes): Negotiation {
  const transport = offeredTransport(offer);
  const shared = new Set(transport.sections.filter(isUnderstood));
  const agreed = new Map<MediaSection, AgreedMedia>();
  for (const [kind, wish] of [
    ["video", video],
    ["audio", audio],
  ] as const) {
    if (!wish) continue;
    for (const media of agree(
      [...shared].filter((section) => section.kind === kind),
      wish,
    ))
      agreed.set(media.section, media);
  }
  const data = dataChannel ? [...shared].find(({ kind }) => kind === "application") : undefined;
  const outcomes = offer.media.map((section): SectionOutcome => {
    const media = agreed.get(section);
    if (media) return { type: "media", media };
    if (section === data) return { type: "data", section };
    const silent = shared.has(section) && section.kind !== "application" && section.codecs.length > 0;
    return { type: silent ? "inactive" : "rejected", section };
  });
  return {
    transport,
    outcomes,
    media: outcomes.flatMap((outcome) => (outcome.type === "media" ? [outcome.media] : [])),
    dataChannel: data,
    extraTracks: offer.media.filter(
      (section) => isTrack(section) && offersToSend(section) && !receives(agreed.get(section)?.direction),
    ),
  };
}

function agree(sections: readonly MediaSection[], wish: MediaWish): AgreedMedia[] {
  const receiving = wish.receive ? sections.find(offersToSend) : undefined;
  const sending = wish.send
    ? receiving && offersToReceive(receiving)
      ? receiving
      : sections.find(offersToReceive)
    : undefined;
  return [...new Set([receiving, sending])].flatMap((section) => {
    const direction = directionOf(section === sending, section === receiving);
    return section && direction !== "inactive" ? [agreeOn(section, direction, wish)] : [];
  });
}

function agreeOn(section: MediaSection, direction: AgreedMedia["direction"], wish: MediaWish): AgreedMedia {
  const chosen = chooseCodec(section.codecs, wish.codecs);
  if (!chosen) {
    const offered = codecNames(section.codecs).join(", ");
    if (offered === "") {
      throw new FastRtcError(
        "unsupported_codec",
        `The ${section.kind} section of the offer names no codec: each payload type of its m-line needs an "a=rtpmap" line. This server speaks ${wish.codecs.join(" and ")}.`,
      );
    }
    throw new FastRtcError(
      "unsupported_codec",
      `The ${section.kind} codecs of the offer are ${offered}, in forms that this server cannot use. It speaks ${wish.codecs.join(" and ")}.`,
    );
  }
  const { codec, rtxPayloadType } = chosen;
  return {
    section,
    direction,
    codec,
    rtxPayloadType: wish.retransmission ? rtxPayloadType : undefined,
    fmtp: wish.fmtp?.[codec.name.toLowerCase()] ?? h264Fmtp(codec) ?? codec.fmtp,
    feedback: wish.feedback.filter((value) => codec.feedback.includes(value)),
    headerExtensions: agreeOnExtensions(section.headerExtensions, wish.headerExtensions),
  };
}

/** Profile, level and mode have to be those of the offer; the parameter sets next to them are the offerer's own (RFC 6184 section 8.2.2). */
function h264Fmtp({ name, parameters }: Codec): string | undefined {
  if (name.toUpperCase() !== "H264") return undefined;
  const keys = ["level-asymmetry-allowed", "packetization-mode", "profile-level-id"];
  const pairs = keys.flatMap((key) => {
    const value = parameters.get(key);
    return value === undefined ? [] : [`${key}=${value}`];
  });
  return pairs.join(";") || undefined;
}

/** Each URI once, with the lowest id; ids above 14 would need the two-byte form (RFC 8285 section 4.3). */
function agreeOnExtensions(offered: readonly HeaderExtension[], wanted: readonly string[]): HeaderExtension[] {
  return wanted.flatMap((uri) => {
    const [extension] = offered
      .filter((candidate) => candidate.uri === uri && candidate.id <= 14)
      .toSorted((a, b) => a.id - b.id);
    return extension ? [{ ...extension, direction: reverseDirection(extension.direction) }] : [];
  });
}

/** Whether a section is of a kind that one bundled transport carries. */
function isUnderstood(section: MediaSection): boolean {
  if (section.rejected) return false;
  if (section.kind === "application") {
    return section.protocol.endsWith("DTLS/SCTP") && section.formats.includes("webrtc-datachannel");
  }
  return isTrack(section) && section.rtcpMux && /(?:^|\/)RTP\/S?AVPF?$/.test(section.protocol);
}

function isTrack({ kind }: MediaSection): boolean {
  return kind === "audio" || kind === "video";
}

function receives(direction: Direction | undefined): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}
