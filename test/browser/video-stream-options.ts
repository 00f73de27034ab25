import type { VideoFrame } from "../../src/index.ts";
import type { CommonStreamOptions } from "../../src/stream-options.ts";

/** What the browser tests change of a Stream whose handler is one function of a frame. */
export interface VideoStreamOptions extends Partial<CommonStreamOptions<[], []>> {
  readonly handler?: (frame: VideoFrame) => VideoFrame;
}
