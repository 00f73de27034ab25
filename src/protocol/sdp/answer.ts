import { type IceCandidate, writeCandidate } from "./candidate.ts";
import type { AgreedMedia, Negotiation, SectionOutcome } from "./negotiation.ts";
import type { TransportParameters } from "./transport-parameters.ts";

/** The stream that we send on a section. */
export interface SentStream {
  readonly ssrc: number;
  /** The stream of its retransmissions, when they were agreed on. */
  readonly rtxSsrc?: number | undefined;
  /** The same for all streams that are to be played in step (RFC 3550 section 6.5.1). */
  readonly cname: string;
  /** Names the `MediaStream` that the browser shows; sections with the same name share one. */
  readonly streamId: string;
  readonly trackId: string;
}

export interface AnswerOptions {
  readonly local: TransportParameters & { readonly setup: "active" | "passive" };
  /** Ways to reach this end; they are all the peer gets when there is no way to trickle to it. */
  readonly candidates: readonly IceCandidate[];
  /** Whether more candidates may follow. @default false */
  readonly moreCandidates?: boolean;
  /** Identifies the session: a random whole number below 2^53. */
  readonly sessionId: number;
  /** The stream for a section that sends. */
  readonly streamFor: (media: AgreedMedia) => SentStream;
  /** Largest data channel message accepted, in bytes. @default 262144 */
  readonly maxMessageSize?: number;
}

/** Writes the answer that says what was negotiated (RFC 9429 section 5.3, RFC 8866), every m-line of the offer in its place. */
export function writeAnswer(negotiation: Negotiation, options: AnswerOptions): string {
  const open = negotiation.outcomes.filter(({ type }) => type !== "rejected");
  const mids = open.flatMap((outcome) => sectionOf(outcome).mid ?? []);
  const bundled = mids.length > 0 && mids.length === open.length;
  const lines = [
    "v=0",
    `o=- ${options.sessionId} 1 IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    ...(bundled ? [`a=group:BUNDLE ${mids.join(" ")}`] : []),
    "a=msid-semantic:WMS *",
  ];
  for (const outcome of negotiation.outcomes) {
    lines.push(...(outcome.type === "rejected" ? rejection(outcome) : section(outcome, options, outcome === open[0])));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function rejection(outcome: SectionOutcome): string[] {
  const { media, protocol, formats, mid } = sectionOf(outcome);
  return [
    `m=${media} 0 ${protocol} ${formats.join(" ")}`,
    "c=IN IP4 0.0.0.0",
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    "a=inactive",
  ];
}

function section(outcome: SectionOutcome, options: AnswerOptions, first: boolean): string[] {
  const { mid } = sectionOf(outcome);
  const { local } = options;
  return [
    ...mLine(outcome),
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    ...(first ? options.candidates.map((candidate) => `a=${writeCandidate(candidate)}`) : []),
    ...(first && !options.moreCandidates ? ["a=end-of-candidates"] : []),
    `a=ice-ufrag:${local.iceUfrag}`,
    `a=ice-pwd:${local.icePwd}`,
    "a=ice-options:trickle",
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    `a=setup:${local.setup}`,
    ...content(outcome, options),
  ];
}

/** Port 9 stands for "see the candidates" (RFC 8840 section 4.1.1). */
function mLine(outcome: SectionOutcome): string[] {
  const { media, protocol, formats, codecs } = sectionOf(outcome);
  let written: readonly (string | number)[] = formats;
  if (outcome.type === "media") {
    const { codec, rtxPayloadType } = outcome.media;
    written = [codec.payloadType, ...(rtxPayloadType === undefined ? [] : [rtxPayloadType])];
  } else if (outcome.type === "inactive") {
    written = codecs.slice(0, 1).map(({ payloadType }) => payloadType);
  }
  return [`m=${media} 9 ${protocol} ${written.join(" ")}`, "c=IN IP4 0.0.0.0"];
}

function content(outcome: SectionOutcome, { streamFor, maxMessageSize = 262_144 }: AnswerOptions): string[] {
  switch (outcome.type) {
    case "media":
      return [...mediaLines(outcome.media), ...streamLines(outcome.media, streamFor)];
    case "data":
      return ["a=sctp-port:5000", `a=max-message-size:${maxMessageSize}`];
    case "inactive": {
      const [codec] = outcome.section.codecs;
      return ["a=inactive", "a=rtcp-mux", ...(codec ? [rtpmap(codec)] : [])];
    }
    case "rejected":
      return [];
  }
}

function mediaLines(media: AgreedMedia): string[] {
  const { section: offered, direction, codec, rtxPayloadType, fmtp, feedback, headerExtensions } = media;
  const { payloadType } = codec;
  return [
    `a=${direction}`,
    "a=rtcp-mux",
    ...(offered.rtcpReducedSize ? ["a=rtcp-rsize"] : []),
    ...headerExtensions.map(
      ({ id, uri, direction: extended }) => `a=extmap:${id}${extended === "sendrecv" ? "" : `/${extended}`} ${uri}`,
    ),
    rtpmap(codec),
    ...(fmtp ? [`a=fmtp:${payloadType} ${fmtp}`] : []),
    ...feedback.map((value) => `a=rtcp-fb:${payloadType} ${value}`),
    ...(rtxPayloadType === undefined
      ? []
      : [`a=rtpmap:${rtxPayloadType} rtx/${codec.clockRate}`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`]),
  ];
}

function streamLines(media: AgreedMedia, streamFor: AnswerOptions["streamFor"]): string[] {
  if (media.direction === "recvonly") return [];
  const { ssrc, rtxSsrc, cname, streamId, trackId } = streamFor(media);
  const ssrcs = [ssrc, ...(rtxSsrc === undefined ? [] : [rtxSsrc])];
  return [
    `a=msid:${streamId} ${trackId}`,
    ...(ssrcs.length > 1 ? [`a=ssrc-group:FID ${ssrcs.join(" ")}`] : []),
    ...ssrcs.flatMap((number) => [`a=ssrc:${number} cname:${cname}`, `a=ssrc:${number} msid:${streamId} ${trackId}`]),
  ];
}

function rtpmap({ payloadType, name, clockRate, channels }: AgreedMedia["codec"]): string {
  return `a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ""}`;
}

function sectionOf(outcome: SectionOutcome): AgreedMedia["section"] {
  return outcome.type === "media" ? outcome.media.section : outcome.section;
}
