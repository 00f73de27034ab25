import type { VideoFrame } from "../../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../../src/session/additional-outputs.ts";
import { getCurrentContext } from "../../../src/session/context.ts";

/** Says whose session it is in. */
export default (frame: VideoFrame): [VideoFrame, AdditionalOutputs] => [
  frame,
  new AdditionalOutputs(getCurrentContext().identity),
];
