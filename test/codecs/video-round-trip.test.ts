import { describe, expect, test } from "vitest";
import { VideoDecoder } from "../../src/codecs/video-decoder.ts";
import { VideoEncoder } from "../../src/codecs/video-encoder.ts";
import type { PictureColors } from "../../src/media/encoded-video-frame.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { psnr, testPicture } from "./test-pictures.ts";

const CODECS = ["H264", "VP8"] as const;

describe.each(CODECS)("%s", (codec) => {
  test("pictures come back alike, one for one, with their timestamps", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 1_500_000 });
    await using decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
    for (let index = 0; index < 10; index++) {
      const picture = testPicture({ width: 320, height: 240, index });
      const unit = await encoder.encode(picture);
      expect(unit).toMatchObject({ keyframe: index === 0, timestampUs: picture.timestampUs });
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

  test("the size may change with any picture, to larger and smaller ones", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 1_000_000 });
    await using decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
    const sizes = [
      [320, 240],
      [640, 360],
      [640, 360],
      [160, 120],
      [180, 320],
      [2, 2],
      [320, 240],
    ] as const;
    const seen: string[] = [];
    for (const [index, [width, height]] of sizes.entries()) {
      const picture = testPicture({ width, height, index });
      const unit = await encoder.encode(picture);
      const { frames } = await decoder.decode(unit ?? { data: new Uint8Array(), keyframe: false, timestampUs: 0 });
      for (const frame of frames) {
        seen.push(`${frame.width}x${frame.height}${unit?.keyframe ? " keyframe" : ""}`);
        expect(psnr(frame, picture)).toBeGreaterThan(28);
      }
    }
    expect(seen).toEqual([
      "320x240 keyframe",
      "640x360 keyframe",
      "640x360",
      "160x120 keyframe",
      "180x320 keyframe",
      "2x2 keyframe",
      "320x240 keyframe",
    ]);
  });

  test.each([
    [321, 240],
    [320, 241],
    [321, 241],
    [1, 1],
  ])("a picture of %ix%i arrives whole", async (width, height) => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 1_000_000 });
    await using decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
    const picture = testPicture({ width, height, index: 0 });
    const unit = await encoder.encode(picture);
    const { frames } = await decoder.decode(unit ?? { data: new Uint8Array(), keyframe: false, timestampUs: 0 });
    const even = (length: number): number => (codec === "H264" ? length + (length % 2) : length);
    expect(frames.map((frame) => [frame.width, frame.height])).toEqual([[even(width), even(height)]]);
    for (const frame of frames) expect(psnr(frame, picture)).toBeGreaterThan(28);
  });

  test("a decoded frame's memory is used again once it is released", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 1_000_000 });
    await using decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
    const memory = new Set<ArrayBufferLike>();
    for (let index = 0; index < 8; index++) {
      const unit = await encoder.encode(testPicture({ width: 320, height: 240, index }));
      const { frames } = await decoder.decode(unit ?? { data: new Uint8Array(), keyframe: false, timestampUs: 0 });
      for (const frame of frames) {
        memory.add(frame.planes.y.buffer);
        frame.release();
      }
    }
    expect(memory.size).toBe(1);
  });
});

describe("VP8, which cannot say how its colours are to be read,", () => {
  const GREEN = [0, 135, 0] as const;

  async function decoded(yuv: readonly [number, number, number], colors: PictureColors | undefined) {
    const picture = VideoFrame.allocate(64, 64, { timestampUs: 0 });
    picture.planes.y.fill(yuv[0]);
    picture.planes.u.fill(yuv[1]);
    picture.planes.v.fill(yuv[2]);
    await using encoder = await VideoEncoder.create({ codec: "VP8", bitrate: 1_000_000 });
    await using decoder = await VideoDecoder.create({ codec: "VP8", pool: new FramePool() });
    const unit = await encoder.encode(picture);
    const { frames } = await decoder.decode({ ...(unit ?? expect.fail("nothing was encoded")), colors });
    return frames.map((frame) => [frame.colorSpace, ...frame.to("rgb24").subarray(0, 3)]);
  }

  test.each([
    ["BT.601", [84, 89, 78], undefined, "bt601"],
    ["BT.709", [99, 82, 75], { colorSpace: "bt709", isFullRange: false }, "bt709"],
    ["BT.709 in full range, as a canvas has it", [97, 76, 67], { colorSpace: "bt709", isFullRange: true }, "bt709"],
  ] as const)("is read by what came beside it: %s", async (_name, yuv, colors, colorSpace) => {
    const [[read, ...rgb] = []] = await decoded(yuv, colors);
    expect(read).toBe(colorSpace);
    for (const [index, value] of rgb.entries()) {
      expect(Math.abs(Number(value) - (GREEN[index] ?? 0))).toBeLessThanOrEqual(4);
    }
  });
});
