import { threadId } from "node:worker_threads";
import type { VideoFrame } from "../../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../../src/session/additional-outputs.ts";
import { getCurrentContext, warning } from "../../../src/session/context.ts";

/** Says what it knows of its session, as values beside the picture. */
export default (frame: VideoFrame, ...inputs: readonly unknown[]): [VideoFrame, AdditionalOutputs] => {
  const { webrtcId, transport, headers } = getCurrentContext();
  warning(`picture of ${frame.width}x${frame.height}`);
  return [frame, new AdditionalOutputs(webrtcId, transport, headers.get("user-agent"), threadId > 0, ...inputs)];
};
