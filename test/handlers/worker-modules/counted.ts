import { VideoFrame } from "../../../src/media/video-frame.ts";

/** Three grey pictures, each brighter than the one before. */
export default function* counted(): Generator<VideoFrame> {
  for (let count = 1; count <= 3; count += 1) {
    yield VideoFrame.from(new Uint8Array(16 * 16 * 3).fill(count * 60), { format: "rgb24", width: 16, height: 16 });
  }
}
