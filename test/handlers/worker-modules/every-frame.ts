import type { VideoFrame } from "../../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../../src/session/additional-outputs.ts";
import { VideoStreamHandler } from "../../../src/handlers/video-stream-handler.ts";

/** Blocks its thread for a while with each picture, and tells which one it was. */
export default new VideoStreamHandler(
  (frame: VideoFrame) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    return new AdditionalOutputs(frame.timestampUs);
  },
  { skipFrames: false },
);
