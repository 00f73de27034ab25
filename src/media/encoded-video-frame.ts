/** The video codecs that this package sends and receives, by their name in SDP. */
export type VideoCodec = "H264" | "VP8";

/** One compressed picture: an H.264 access unit in Annex B byte-stream format, or a VP8 frame. */
export interface EncodedVideoFrame {
  readonly data: Uint8Array;
  /** Whether decoding may begin here. */
  readonly keyframe: boolean;
  /** When the picture was taken, in microseconds; only differences mean something. */
  readonly timestampUs: number;
}
