import { h264Depacketizer } from "./h264/depacketizer.ts";
import type { VideoDepacketizer } from "./video-payload-format.ts";
import { vp8Depacketizer } from "./vp8/depacketizer.ts";

/** The video codecs whose payload formats this package knows, by their name in SDP. */
export type VideoCodecName = "H264" | "VP8";

const DEPACKETIZERS: { readonly [Name in VideoCodecName]: VideoDepacketizer } = {
  H264: h264Depacketizer,
  VP8: vp8Depacketizer,
};

/** What joins the payloads of a codec's frames: RFC 6184 for H.264, RFC 7741 for VP8. */
export function depacketizerOf(codec: VideoCodecName): VideoDepacketizer {
  return DEPACKETIZERS[codec];
}
