import { FastRtcError } from "../../errors.ts";
import { type MediaWish, type Negotiation, negotiate } from "../../protocol/sdp/negotiation.ts";
import type { Codec, Offer } from "../../protocol/sdp/session-description.ts";
import { HEADER_EXTENSION_URIS } from "../../rtp/header-extensions.ts";
import type { Modality, Mode } from "../../session/modality.ts";

export interface MediaPlanOptions {
  /** The kinds of media of the stream. */
  readonly modality: Modality;
  /** As the peer sees it: with "send" it only sends, with "receive" it only receives. */
  readonly mode: Mode;
  /** Whether tracks that nobody here uses are left inactive instead of refused. */
  readonly allowExtraTracks: boolean;
}

/** Whether the peer tells when each packet of the connection arrived, and we tell it: then the path can be estimated. */
export function usesTransportFeedback({ media }: Pick<Negotiation, "media">): boolean {
  return media.some(
    ({ feedback, headerExtensions }) =>
      feedback.includes("transport-cc") &&
      headerExtensions.some(({ uri }) => uri === HEADER_EXTENSION_URIS.transportSequenceNumber),
  );
}

/** How Opus is spoken on a section, each direction as its receiver wishes (RFC 7587 §6.1). */
export interface OpusFormat {
  readonly sentChannels: 1 | 2;
  readonly receivedChannels: 1 | 2;
  /** Whether the peer repairs losses from copies in the next packet. */
  readonly forwardErrorCorrection: boolean;
  /** Whether the peer wants no packets while there is silence. */
  readonly discontinuous: boolean;
  /** The most bits per second that the peer wants (`maxaveragebitrate`), if it says so. */
  readonly maximumBps: number | undefined;
}

/**
 * What a stream agrees to of an offer. H.264 comes first: it costs half of VP8, and its encoder follows the bitrate.
 * The video-orientation extension is left out on purpose: without it phones send their pictures upright.
 * @throws {FastRtcError} `unsupported_codec`, `invalid_sdp`, or `extra_tracks` for a track that is not wanted.
 */
export function planMedia(offer: Offer, { modality, mode, allowExtraTracks }: MediaPlanOptions): Negotiation {
  const directions = { send: mode !== "send", receive: mode !== "receive" };
  const negotiation = negotiate(offer, {
    video: modality === "audio" ? undefined : videoWish(directions),
    audio: modality === "video" ? undefined : audioWish(offer, directions, modality),
  });
  // A front end that offers to send what it is only to receive is told so by the answer's direction.
  const used = new Set(negotiation.media.map(({ section }) => section));
  const extra = negotiation.extraTracks.find((section) => !used.has(section));
  if (extra && !allowExtraTracks) {
    throw new FastRtcError(
      "extra_tracks",
      `The offer has a track of ${extra.media} that this ${modality} stream has no use for. ` +
        "Leave it out, or let the server accept it with allowExtraTracks: true.",
    );
  }
  return negotiation;
}

/** What an Opus codec of an offer says of how it is to be spoken. */
export function opusFormat({ parameters }: Codec): OpusFormat {
  const wants = (name: string): boolean => parameters.get(name) === "1";
  const bitrate = Math.trunc(Number(parameters.get("maxaveragebitrate")));
  return {
    sentChannels: wants("stereo") ? 2 : 1,
    receivedChannels: wants("stereo") || wants("sprop-stereo") ? 2 : 1,
    forwardErrorCorrection: wants("useinbandfec"),
    discontinuous: wants("usedtx"),
    maximumBps: bitrate > 0 ? bitrate : undefined,
  };
}

function videoWish(directions: Pick<MediaWish, "send" | "receive">): MediaWish {
  return {
    ...directions,
    codecs: ["H264", "VP8"],
    feedback: ["nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"],
    headerExtensions: [
      HEADER_EXTENSION_URIS.mid,
      HEADER_EXTENSION_URIS.absSendTime,
      HEADER_EXTENSION_URIS.transportSequenceNumber,
      HEADER_EXTENSION_URIS.playoutDelay,
      HEADER_EXTENSION_URIS.colorSpace,
    ],
    // Chromium then probes the network with its old packets, not with padding that looks like losses in the picture.
    retransmission: true,
  };
}

/** Sound alone needs no estimate of the path, which would cost twenty reports per second: it takes 30 to 60 kbit/s anyway. */
function audioWish(offer: Offer, directions: Pick<MediaWish, "send" | "receive">, modality: Modality): MediaWish {
  const besideVideo = modality === "audio-video";
  return {
    ...directions,
    codecs: ["opus"],
    feedback: ["nack", ...(besideVideo ? ["transport-cc"] : [])],
    headerExtensions: [
      HEADER_EXTENSION_URIS.mid,
      HEADER_EXTENSION_URIS.absSendTime,
      ...(besideVideo ? [HEADER_EXTENSION_URIS.transportSequenceNumber] : []),
      HEADER_EXTENSION_URIS.audioLevel,
    ],
    retransmission: false,
    fmtp: { opus: opusFmtp(offer) },
  };
}

/**
 * What is asked of a peer that sends Opus. Stereo and DTX as it offers them, and copies for repair (FEC): browsers send them once our
 * reports tell of losses.
 */
function opusFmtp(offer: Offer): string {
  const offered = offer.media.flatMap(({ kind, codecs }) => (kind === "audio" ? codecs : []));
  const formats = offered.filter(({ name }) => name.toLowerCase() === "opus").map(opusFormat);
  return [
    "minptime=10",
    "useinbandfec=1",
    ...(formats.some(({ receivedChannels }) => receivedChannels === 2) ? ["stereo=1"] : []),
    ...(formats.some(({ sentChannels }) => sentChannels === 2) ? ["sprop-stereo=1"] : []),
    ...(formats.some(({ discontinuous }) => discontinuous) ? ["usedtx=1"] : []),
  ].join(";");
}
