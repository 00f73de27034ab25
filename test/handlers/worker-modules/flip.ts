import type { VideoFrame } from "../../../src/media/video-frame.ts";

export default (frame: VideoFrame): VideoFrame => frame.flip("vertical");
