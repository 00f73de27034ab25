import { FastRtcError } from "../../../src/errors.ts";
import type { VideoFrame } from "../../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../../src/session/additional-outputs.ts";
import { CloseStream } from "../../../src/session/close-stream.ts";

/** Does what its input says. */
export default (frame: VideoFrame, what: string): unknown => {
  switch (what) {
    case "throw":
      throw new FastRtcError("invalid_argument", "troubled on purpose");
    case "die":
      setTimeout(() => {
        throw new Error("died on purpose");
      });
      return new Promise(() => undefined);
    case "exit":
      return process.exit(7);
    case "block":
      for (;;);
    case "close":
      return new CloseStream("enough");
    case "give a function":
      return new AdditionalOutputs(() => undefined);
    default:
      return frame;
  }
};
