import { expect, test } from "vitest";
import { VideoDecoder } from "../../src/codecs/video-decoder.ts";
import { VideoEncoder } from "../../src/codecs/video-encoder.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { psnr, testPicture } from "./test-pictures.ts";

test("pictures come back alike, one for one, with their timestamps", async () => {
  await using encoder = await VideoEncoder.create({ codec: "H264", bitrate: 1_500_000 });
  await using decoder = await VideoDecoder.create({ codec: "H264", pool: new FramePool() });
  for (let index = 0; index < 10; index++) {
    const picture = testPicture({ width: 320, height: 240, index });
    const unit = await encoder.encode(picture);
    expect(unit?.keyframe).toBe(index === 0);
    if (!unit) continue;
    const { frames, keyframeNeeded } = await decoder.decode(unit);
    expect(keyframeNeeded).toBe(false);
    expect(frames.map((frame) => frame.timestampUs)).toEqual([picture.timestampUs]);
    for (const frame of frames) {
      expect(psnr(frame, picture)).toBeGreaterThan(33);
      frame.release();
    }
  }
});
