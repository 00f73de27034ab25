import { describe, expect, test } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { type PixelsInit, VideoFrame } from "../../src/media/video-frame.ts";
import { contents, lumaRows, paddedFrame } from "./pictures.ts";

function errorOf(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof FastRtcError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

describe("from", () => {
  const gray = Uint8Array.of(0, 255);

  test("makes a frame with the size, time and rotation that were given", () => {
    const frame = VideoFrame.from(gray, { format: "gray8", width: 2, height: 1, timestampUs: 40, rotation: 90 });
    expect(contents(frame)).toEqual({
      width: 2,
      height: 1,
      rotation: 90,
      timestampUs: 40,
      colorSpace: "bt601",
      samples: "10eb8080",
    });
  });

  test("copies the pixels, I420 too", () => {
    const pixels = Uint8Array.of(16, 235, 100, 140);
    const frame = VideoFrame.from(pixels, { format: "i420", width: 2, height: 1 });
    pixels.fill(0);
    expect([...frame.to("i420")]).toEqual([16, 235, 100, 140]);
  });

  test.each([
    ["Uint8ClampedArray", Uint8ClampedArray.of(0, 255)],
    ["Buffer", Buffer.from([0, 255])],
    ["part of a larger array", Uint8Array.of(9, 0, 255, 9).subarray(1, 3)],
  ])("takes a %s", (_, pixels) => {
    expect(lumaRows(VideoFrame.from(pixels, { format: "gray8", width: 2, height: 1 }))).toEqual([[16, 235]]);
  });

  test("says how many bytes it expects and how many it was given", () => {
    expect(errorOf(() => VideoFrame.from(gray, { format: "rgb24", width: 3, height: 2 }))).toEqual({
      code: "invalid_argument",
      message: "A picture of 3x2 in rgb24 has 18 bytes, but pixels has 2.",
    });
  });

  test.each([
    [{ width: 0 }, "A picture's width must be an integer from 1 to 16384, but it is 0."],
    [{ height: 1.5 }, "A picture's height must be an integer from 1 to 16384, but it is 1.5."],
    [{ width: 16_385 }, "A picture's width must be an integer from 1 to 16384, but it is 16385."],
    [{ width: Number.NaN }, "A picture's width must be an integer from 1 to 16384, but it is NaN."],
    [{ rotation: 45 }, "A picture's rotation is 0, 90, 180 or 270 degrees, but not 45."],
    [{ timestampUs: Number.NaN }, "A picture's timestampUs must be a number of microseconds, but it is NaN."],
    [{ colorSpace: "srgb" }, 'A picture\'s colorSpace is "bt601" or "bt709", but not srgb.'],
    [{ format: "yuyv" }, 'Unknown pixel format "yuyv": use "rgba", "rgb24", "bgr24", "gray8" or "i420".'],
  ])("refuses %o", (wrong, message) => {
    const init = { format: "gray8", width: 2, height: 1, ...wrong } as Parameters<typeof VideoFrame.from>[1];
    expect(errorOf(() => VideoFrame.from(gray, init))).toEqual({ code: "invalid_argument", message });
  });

  test.each([undefined, null, "rgba"])("refuses %j in the place of what the pixels are", (init) => {
    expect(() => VideoFrame.from(new Uint8Array(4), init as unknown as PixelsInit)).toThrow(
      new FastRtcError(
        "invalid_argument",
        `VideoFrame.from takes what the pixels are as its second argument, such as { format: "rgba", width: 640, height: 480 }, not ${init}.`,
      ),
    );
  });

  test("refuses what is not bytes", () => {
    const pixels = [0, 255] as unknown as Uint8Array;
    expect(errorOf(() => VideoFrame.from(pixels, { format: "gray8", width: 2, height: 1 }))).toEqual({
      code: "invalid_argument",
      message: "pixels must be a Uint8Array, a Uint8ClampedArray or a Buffer of 2 bytes.",
    });
  });
});

describe("to", () => {
  test("writes into the memory it is given, and returns it", () => {
    const frame = paddedFrame(3, 2);
    const into = new Uint8ClampedArray(24);
    const result: Uint8ClampedArray = frame.to("rgba", { into });
    expect({ same: result === into, pixels: [...result] }).toEqual({ same: true, pixels: [...frame.to("rgba")] });
  });

  test("refuses memory of another length", () => {
    expect(errorOf(() => paddedFrame(3, 2).to("gray8", { into: new Uint8Array(7) }))).toEqual({
      code: "invalid_argument",
      message: "A picture of 3x2 in gray8 has 6 bytes, but into has 7.",
    });
  });

  test("gives a copy", () => {
    const frame = paddedFrame(2, 2);
    const before = frame.to("i420");
    frame.to("i420").fill(0);
    expect(frame.to("i420")).toEqual(before);
  });
});

describe("a lent frame", () => {
  const operations: Record<string, (frame: VideoFrame) => VideoFrame> = {
    flip: (frame) => frame.flip("vertical"),
    rotate: (frame) => frame.rotate(90),
    upright: (frame) => frame.upright(),
    crop: (frame) => frame.crop({ x: 1, y: 1, width: 3, height: 3 }),
    resize: (frame) => frame.resize(4, 4),
    overlay: (frame) => frame.overlay(paddedFrame(2, 2)),
    caption: (frame) => frame.caption("A"),
  };

  test.each(Object.entries(operations))("lends its life to what %s makes of it", (_, operate) => {
    const lease = new FramePool().lease();
    const made = operate(paddedFrame(8, 6, { lease }));
    made.release();
    expect(errorOf(() => made.planes).code).toBe("frame_released");
  });

  test.each(Object.entries(operations))(
    "keeps its time, rotation and colours, and its picture, through %s",
    (name, operate) => {
      const frame = paddedFrame(8, 6, { rotation: 90, colorSpace: "bt709" });
      const before = contents(frame);
      const { timestampUs, rotation, colorSpace } = operate(frame);
      expect({ timestampUs, rotation, colorSpace, frame: contents(frame) }).toEqual({
        timestampUs: 1234,
        rotation: name === "upright" ? 0 : 90,
        colorSpace: "bt709",
        frame: before,
      });
    },
  );

  test.each([
    ...Object.entries(operations),
    ["to", (frame: VideoFrame) => frame.to("rgba")] as const,
    ["clone", (frame: VideoFrame) => frame.clone()] as const,
    ["planes", (frame: VideoFrame) => frame.planes] as const,
    ["being overlaid", (frame: VideoFrame) => paddedFrame(8, 6).overlay(frame)] as const,
  ])("refuses %s after its release", (_, operate) => {
    const lease = new FramePool().lease();
    const frame = paddedFrame(8, 6, { lease });
    lease.release();
    expect(errorOf(() => operate(frame))).toEqual({
      code: "frame_released",
      message:
        "This VideoFrame was only valid until its handler's result had been sent. Keep frame.clone() to use it later.",
    });
  });

  test("is outlived by its clone", () => {
    const lease = new FramePool().lease();
    const frame = paddedFrame(8, 6, { lease });
    const before = contents(frame);
    const clone = frame.clone();
    lease.release();
    expect({ clone: contents(clone), lease: clone.lease }).toEqual({ clone: before, lease: undefined });
  });

  test("takes the memory of what is made of it from the pool", () => {
    const pool = new FramePool();
    const memoryOfFlip = (): ArrayBufferLike => {
      const lease = pool.lease();
      const { buffer } = paddedFrame(8, 6, { lease }).flip("both").planes.y;
      lease.release();
      return buffer;
    };
    expect(memoryOfFlip()).toBe(memoryOfFlip());
  });
});

test("a frame that was made from pixels is never released", () => {
  const frame = VideoFrame.from(Uint8Array.of(0), { format: "gray8", width: 1, height: 1 });
  frame.release();
  expect(lumaRows(frame)).toEqual([[16]]);
});
