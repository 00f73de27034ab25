import { describe, expect, test } from "vitest";
import { VideoDecoder } from "../../src/codecs/video-decoder.ts";
import { VideoEncoder } from "../../src/codecs/video-encoder.ts";
import type { EncodedVideoFrame, VideoCodec } from "../../src/media/encoded-video-frame.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { foreignH264 } from "./foreign-stream.ts";
import { psnr, testPicture } from "./test-pictures.ts";

const CODECS = ["H264", "VP8"] as const;

/** A stream with keyframes at the beginning and at `keyframeAt`. */
async function encodeStream(codec: VideoCodec, length: number, keyframeAt: number): Promise<EncodedVideoFrame[]> {
  await using encoder = await VideoEncoder.create({ codec, bitrate: 500_000 });
  const units: EncodedVideoFrame[] = [];
  for (let index = 0; index < length; index++) {
    const picture = testPicture({ width: 160, height: 120, index });
    const unit = await encoder.encode(picture, { keyframe: index === keyframeAt });
    if (unit) units.push(unit);
  }
  return units;
}

/** Whether each unit gave a picture ("picture"), nothing ("nothing"), or a wish for a keyframe ("keyframe!"). */
async function outcomes(codec: VideoCodec, units: EncodedVideoFrame[]): Promise<string[]> {
  await using decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
  const seen: string[] = [];
  for (const unit of units) {
    const { frames, keyframeNeeded } = await decoder.decode(unit);
    seen.push(keyframeNeeded ? "keyframe!" : frames.length > 0 ? "picture" : "nothing");
  }
  return seen;
}

/** The same bytes in every run. */
function randomBytes(): (length: number) => Uint8Array {
  let state = 12345;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

describe.each(CODECS)("%s", (codec) => {
  test("a stream that is joined in the middle begins with the next keyframe", async () => {
    const units = await encodeStream(codec, 6, 4);
    expect(await outcomes(codec, units.slice(2))).toEqual(["keyframe!", "keyframe!", "picture", "picture"]);
  });

  test.each([
    ["random bytes", (data: Uint8Array) => randomBytes()(data.length)],
    ["no bytes", () => new Uint8Array()],
    ["a single byte", (data: Uint8Array) => data.subarray(0, 1)],
  ])("%s in a picture's place stop the pictures until the next keyframe", async (_what, damage) => {
    const units = await encodeStream(codec, 6, 4);
    const damaged = units.map((unit, index) => (index === 2 ? { ...unit, data: damage(unit.data) } : unit));
    expect(await outcomes(codec, damaged)).toEqual([
      "picture",
      "picture",
      "keyframe!",
      "keyframe!",
      "picture",
      "picture",
    ]);
  });

  test("a stream of the other codec yields nothing but keyframe requests", async () => {
    const other = codec === "H264" ? "VP8" : "H264";
    const units = await encodeStream(other, 4, 2);
    const claimed = units.map((unit) => ({ ...unit, keyframe: true }));
    expect(new Set(await outcomes(codec, claimed))).toEqual(new Set(["keyframe!"]));
  });

  test("2,000 pieces of garbage neither crash nor throw, and the stream goes on after them", async () => {
    const units = await encodeStream(codec, 4, 2);
    const random = randomBytes();
    await using decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
    for (let index = 0; index < 2000; index++) {
      const [kind = 0, at = 0, length = 0] = random(3);
      const data = Uint8Array.from(units[index % units.length]?.data ?? []);
      const start = Math.floor((data.length * at) / 256);
      const garbage = [
        () => random(1 + length),
        () => data.subarray(0, start),
        () => data.fill(at, start),
        () => {
          data.set(random(Math.min(length, data.length - start)), start);
          return data;
        },
      ][kind % 4];
      const { frames } = await decoder.decode({ data: garbage?.() ?? data, keyframe: kind < 192, timestampUs: index });
      for (const frame of frames) frame.release();
    }
    const [first] = units;
    const { frames } = await decoder.decode(first ?? { data: new Uint8Array(), keyframe: true, timestampUs: 0 });
    expect(frames).toHaveLength(1);
    for (const frame of frames)
      expect(psnr(frame, testPicture({ width: 160, height: 120, index: 0 }))).toBeGreaterThan(28);
  });

  test("closing during a call waits for it, and nothing comes out afterwards", async () => {
    const [unit] = await encodeStream(codec, 1, 0);
    const decoder = await VideoDecoder.create({ codec, pool: new FramePool() });
    const pending = decoder.decode(unit ?? { data: new Uint8Array(), keyframe: true, timestampUs: 0 });
    await Promise.all([decoder.close(), decoder.close()]);
    expect(await pending).toEqual({ frames: [], keyframeNeeded: false });
    expect(await decoder.decode({ data: new Uint8Array(3), keyframe: true, timestampUs: 0 })).toEqual({
      frames: [],
      keyframeNeeded: false,
    });
  });
});

test("a damaged H.264 picture is never shown", async () => {
  const units = await encodeStream("H264", 6, 4);
  const cut = units.map((unit, index) =>
    index === 2 ? { ...unit, data: unit.data.subarray(0, unit.data.length >> 1) } : unit,
  );
  expect(await outcomes("H264", cut)).toEqual(["picture", "picture", "keyframe!", "keyframe!", "picture", "picture"]);
});

test("a unit that says keyframe and holds only parameter sets leads to a keyframe request, not to silence", async () => {
  const [first, ...rest] = await encodeStream("H264", 6, -1);
  const data = first?.data ?? new Uint8Array();
  const idrStart = data.findIndex(
    (_, at) => data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1 && data[at + 3] === 0x65,
  );
  const parameterSets = { data: data.subarray(0, idrStart), keyframe: true, timestampUs: 0 };
  expect((await outcomes("H264", [parameterSets, ...rest])).at(-1)).toBe("keyframe!");
});

test.each([
  ["full range", { pixelFormat: "yuvj420p", luma: 255 }, 235],
  ["4:4:4", { pixelFormat: "yuv444p", luma: 100 }, 100],
  ["4:2:2 with 10 bits", { pixelFormat: "yuv422p10le", luma: 400 }, 100],
] as const)("H.264 in %s becomes I420 in limited range", async (_layout, stream, luma) => {
  const units = await foreignH264({ width: 322, height: 240, ...stream });
  await using decoder = await VideoDecoder.create({ codec: "H264", pool: new FramePool() });
  for (const unit of units) {
    const { frames } = await decoder.decode(unit);
    const seen = frames.map(({ width, height, planes }) => ({ width, height, y: planes.y[5000], u: planes.u[900] }));
    expect(seen).toEqual([{ width: 322, height: 240, y: luma, u: 128 }]);
  }
});

test("reordered H.264 comes out in order, with the timestamps of its units", async () => {
  const units = await foreignH264({
    width: 64,
    height: 64,
    pixelFormat: "yuv420p",
    luma: 90,
    pictureCount: 9,
    bFrames: 2,
  });
  await using decoder = await VideoDecoder.create({ codec: "H264", pool: new FramePool() });
  const timestamps: (number | undefined)[] = [];
  for (const unit of units) {
    const { frames, keyframeNeeded } = await decoder.decode(unit);
    expect(keyframeNeeded).toBe(false);
    timestamps.push(...frames.map((frame) => frame.timestampUs));
  }
  expect(timestamps).toEqual([0, 33333, 66667, 100000, 133333, 166667, 200000]);
});

test("a picture of more than 9 megapixels counts as broken", async () => {
  const units = await foreignH264({ width: 4112, height: 2304, pixelFormat: "yuv420p", luma: 90 });
  expect(await outcomes("H264", units)).toEqual(["keyframe!"]);
});

test("an unknown codec is refused by name", async () => {
  const codec = "VP9" as VideoCodec;
  await expect(VideoDecoder.create({ codec, pool: new FramePool() })).rejects.toMatchObject({
    code: "unsupported_codec",
    message: "Video can be decoded from H264 or VP8, not from VP9.",
  });
});
