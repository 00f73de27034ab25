import { FastRtcError } from "../../errors.ts";
import { type Negotiation, negotiate } from "../../protocol/sdp/negotiation.ts";
import type { Offer } from "../../protocol/sdp/session-description.ts";
import { HEADER_EXTENSION_URIS } from "../../rtp/header-extensions.ts";

export interface MediaPlanOptions {
  /** Whether tracks that nobody here uses are left inactive instead of refused. */
  readonly allowExtraTracks: boolean;
}

/**
 * What a video stream agrees to of an offer. H.264 comes first: it costs half of VP8, and its encoder follows the bitrate.
 * The video-orientation extension is left out on purpose: without it phones send their pictures upright.
 * @throws {FastRtcError} `unsupported_codec`, `invalid_sdp`, or `extra_tracks` for a track that is not wanted.
 */
export function planMedia(offer: Offer, { allowExtraTracks }: MediaPlanOptions): Negotiation {
  const negotiation = negotiate(offer, {
    video: {
      send: true,
      receive: true,
      codecs: ["H264", "VP8"],
      feedback: ["nack", "nack pli", "ccm fir", "goog-remb"],
      headerExtensions: [
        HEADER_EXTENSION_URIS.mid,
        HEADER_EXTENSION_URIS.absSendTime,
        HEADER_EXTENSION_URIS.playoutDelay,
      ],
      retransmission: false,
    },
  });
  const [extra] = negotiation.extraTracks;
  if (extra && !allowExtraTracks) {
    throw new FastRtcError(
      "extra_tracks",
      `The offer has a track of ${extra.media} that this video stream has no use for. ` +
        "Leave it out, or let the server accept it with allowExtraTracks: true.",
    );
  }
  return negotiation;
}
