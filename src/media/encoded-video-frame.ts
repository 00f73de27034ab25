import type { ColorSpace } from "./i420.ts";

/** The video codecs that this package sends and receives, by their name in SDP. */
export type VideoCodec = "H264" | "VP8";

/** How the numbers of a picture stand for colours, where that is told beside it. */
export interface PictureColors {
  readonly colorSpace: ColorSpace;
  /** Whether black is 0 and white 255, not 16 and 235. */
  readonly isFullRange: boolean;
}

/** One compressed picture: an H.264 access unit in Annex B byte-stream format, or a VP8 frame. */
export interface EncodedVideoFrame {
  readonly data: Uint8Array;
  /** Whether decoding may begin here. */
  readonly keyframe: boolean;
  /** When the picture was taken, in microseconds; only differences mean something. */
  readonly timestampUs: number;
  /** What VP8 cannot say itself, and H.264 need not. */
  readonly colors?: PictureColors | undefined;
}
