import { describe, expect, test } from "vitest";
import { VideoEncoder } from "../../src/codecs/video-encoder.ts";
import type { EncodedVideoFrame, VideoCodec } from "../../src/media/encoded-video-frame.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { testPicture } from "./test-pictures.ts";

const CODECS = ["H264", "VP8"] as const;
/** As the digits that `toBeCloseTo` wants: within 0.2 of 1. */
const TO_A_FIFTH = Math.log10(0.5 / 0.2);
const SIZE = { width: 320, height: 240 };
/** Pictures too hard for any bitrate that is asked for here: every one is new noise. */
const NOISE = Array.from({ length: 8 }, (_, index) => noise(index));

function noise(seed: number): VideoFrame {
  const frame = VideoFrame.allocate(SIZE.width, SIZE.height);
  let state = seed + 1;
  for (const plane of [frame.planes.y, frame.planes.u, frame.planes.v]) {
    for (let at = 0; at < plane.length; at++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      plane[at] = 108 + (state >>> 27);
    }
  }
  return frame;
}

/** Encodes `seconds` of noise and returns bits per second. */
async function measureBitrate(
  encoder: VideoEncoder,
  { seconds, frameRate = 30, from = 0 }: { seconds: number; frameRate?: number; from?: number },
): Promise<{ bitrate: number; keyframes: number }> {
  let bytes = 0;
  let keyframes = 0;
  for (let index = 0; index < seconds * frameRate; index++) {
    const { planes } = NOISE[index % NOISE.length] ?? noise(0);
    const timestampUs = Math.round((from + index / frameRate) * 1_000_000);
    const unit = await encoder.encode(new VideoFrame({ ...SIZE, planes, timestampUs }));
    bytes += unit?.data.byteLength ?? 0;
    if (unit?.keyframe) keyframes += 1;
  }
  return { bitrate: (bytes * 8) / seconds, keyframes };
}

describe.each(CODECS)("%s", (codec) => {
  test("the bitrate follows what was asked for, up and down, without a keyframe", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 1_000_000 });
    expect((await measureBitrate(encoder, { seconds: 2 })).bitrate / 1_000_000).toBeCloseTo(1, TO_A_FIFTH);
    let from = 2;
    for (const wanted of [500_000, 2_000_000, 1_200_000]) {
      encoder.setBitrate(wanted);
      await measureBitrate(encoder, { seconds: 1, from });
      const { bitrate, keyframes } = await measureBitrate(encoder, { seconds: 2, from: from + 1 });
      expect(bitrate / wanted).toBeCloseTo(1, TO_A_FIFTH);
      expect(keyframes).toBe(0);
      from += 3;
    }
  });

  test("at half the frame rate the pictures get twice the bits", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 1_000_000 });
    await measureBitrate(encoder, { seconds: 2, frameRate: 15 });
    const { bitrate } = await measureBitrate(encoder, { seconds: 3, frameRate: 15, from: 2 });
    expect(bitrate / 1_000_000).toBeCloseTo(1, TO_A_FIFTH);
  });

  test("keyframes come at the beginning and where asked for, and nowhere else", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 500_000 });
    const keyframes: number[] = [];
    for (let index = 0; index < 40; index++) {
      const unit = await encoder.encode(testPicture({ ...SIZE, index }), { keyframe: index === 13 || index === 14 });
      if (unit?.keyframe) keyframes.push(index);
    }
    expect(keyframes).toEqual([0, 13, 14]);
  });

  test("a keyframe in the middle costs less than a third of a second's bits", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 600_000 });
    let largest = 0;
    for (let index = 0; index < 40; index++) {
      const unit = await encoder.encode(testPicture({ ...SIZE, index }), { keyframe: index % 10 === 0 });
      largest = Math.max(largest, unit?.data.byteLength ?? 0);
    }
    expect(largest * 8).toBeLessThan(200_000);
  });

  test("the frame may be overwritten as soon as encode has returned its promise", async () => {
    const encodeTwice = async (overwrite: boolean): Promise<EncodedVideoFrame | undefined> => {
      await using encoder = await VideoEncoder.create({ codec, bitrate: 500_000 });
      const picture = testPicture({ ...SIZE, index: 0 });
      const pending = encoder.encode(picture);
      if (overwrite) picture.planes.y.fill(0);
      return await pending;
    };
    expect(await encodeTwice(true)).toEqual(await encodeTwice(false));
  });

  test("a frame without a timestamp is encoded all the same", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 500_000 });
    const { planes } = testPicture({ ...SIZE, index: 0 });
    for (let index = 0; index < 3; index++) {
      expect(await encoder.encode(new VideoFrame({ ...SIZE, planes }))).toMatchObject({ timestampUs: 0 });
    }
  });

  test("a size that the encoder cannot have is an error once, and the next frame starts anew", async () => {
    await using encoder = await VideoEncoder.create({ codec, bitrate: 500_000 });
    await encoder.encode(testPicture({ ...SIZE, index: 0 }));
    const huge = VideoFrame.allocate(40_000, 2);
    await expect(encoder.encode(huge)).rejects.toMatchObject({ code: "codec_failed" });
    expect(await encoder.encode(testPicture({ ...SIZE, index: 1 }))).toMatchObject({ keyframe: true });
  });

  test("closing during a call waits for it, and nothing comes out afterwards", async () => {
    const encoder = await VideoEncoder.create({ codec, bitrate: 500_000 });
    const pending = encoder.encode(testPicture({ ...SIZE, index: 0 }));
    await Promise.all([encoder.close(), encoder.close()]);
    expect(await pending).toBeUndefined();
    expect(await encoder.encode(testPicture({ ...SIZE, index: 1 }))).toBeUndefined();
  });
});

test("H.264 is constrained baseline with its parameter sets in front of every keyframe", async () => {
  await using encoder = await VideoEncoder.create({ codec: "H264", bitrate: 1_000_000 });
  for (let index = 0; index < 2; index++) {
    const unit = await encoder.encode(testPicture({ width: 640, height: 480, index }), { keyframe: true });
    const nalUnits = splitNalUnits(unit?.data ?? new Uint8Array());
    expect(nalUnits.map((nal) => (nal[0] ?? 0) & 31).filter((type) => type !== 6)).toEqual([7, 8, 5]);
    const [profile, constraints, level] = nalUnits[0]?.subarray(1, 4) ?? [];
    expect({ profile, constrained: (constraints ?? 0) >> 6, level }).toEqual({
      profile: 66,
      constrained: 3,
      level: 30,
    });
  }
});

test("H.264 slices fit where a limit is set", async () => {
  await using encoder = await VideoEncoder.create({ codec: "H264", bitrate: 2_000_000, maxSliceBytes: 1100 });
  const lengths: number[] = [];
  for (let index = 0; index < 10; index++) {
    const unit = await encoder.encode(testPicture({ width: 640, height: 480, index }), { keyframe: index === 5 });
    lengths.push(...splitNalUnits(unit?.data ?? new Uint8Array()).map((nal) => nal.byteLength));
  }
  expect(lengths.length).toBeGreaterThan(20);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(1100);
});

test("an unknown codec is refused by name", async () => {
  await expect(VideoEncoder.create({ codec: "AV1" as VideoCodec, bitrate: 500_000 })).rejects.toMatchObject({
    code: "unsupported_codec",
    message: "Video can be encoded as H264 or VP8, not as AV1.",
  });
});

function splitNalUnits(data: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let at = 0; at + 2 < data.length; at++) {
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) starts.push(at + 3);
  }
  return starts.map((start, index) => {
    const next = starts[index + 1];
    let end = next === undefined ? data.length : next - 3;
    while (data[end - 1] === 0) end -= 1;
    return data.subarray(start, end);
  });
}
