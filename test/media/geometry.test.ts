import { describe, expect, test } from "vitest";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import { chromaRows, contents, frameOf, lumaRows, paddedFrame } from "./pictures.ts";

/** Luma of 3 x 3 pixels, chroma of 2 x 2. */
const SMALL = frameOf(
  [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
  [
    [10, 20],
    [30, 40],
  ],
  [
    [50, 60],
    [70, 80],
  ],
);

function planes(frame: VideoFrame): object {
  return { y: lumaRows(frame), u: chromaRows(frame) };
}

test("flip vertical puts the last row first", () => {
  expect(planes(SMALL.flip("vertical"))).toEqual({
    y: [
      [7, 8, 9],
      [4, 5, 6],
      [1, 2, 3],
    ],
    u: [
      [30, 40],
      [10, 20],
    ],
  });
});

test("flip horizontal swaps left and right", () => {
  expect(planes(SMALL.flip("horizontal"))).toEqual({
    y: [
      [3, 2, 1],
      [6, 5, 4],
      [9, 8, 7],
    ],
    u: [
      [20, 10],
      [40, 30],
    ],
  });
});

test("flip both is half a turn", () => {
  expect(contents(SMALL.flip("both"))).toEqual(contents(SMALL.rotate(180)));
});

test("rotate 90 turns clockwise", () => {
  const frame = frameOf(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [[7, 8]],
    [[9, 9]],
  );
  expect(planes(frame.rotate(90))).toEqual({
    y: [
      [4, 1],
      [5, 2],
      [6, 3],
    ],
    u: [[7], [8]],
  });
});

test("rotate 270 turns counter-clockwise", () => {
  expect(lumaRows(SMALL.rotate(270))).toEqual([
    [3, 6, 9],
    [2, 5, 8],
    [1, 4, 7],
  ]);
});

test("a picture that is lying is set upright, and needs no turn any more", () => {
  const lying = frameOf([[1, 2]], [[3]], [[4]], 90);
  const { width, height, rotation } = lying.upright();
  expect({ width, height, rotation, y: lumaRows(lying.upright()) }).toEqual({
    width: 1,
    height: 2,
    rotation: 0,
    y: [[1], [2]],
  });
});

describe.each([
  [1, 1],
  [2, 3],
  [5, 4],
  [7, 7],
  [64, 66],
  [131, 70],
])("a random picture of %i x %i", (width, height) => {
  const frames = [0, 3, 8].map((padding) => paddedFrame(width, height, { padding, seed: width + padding }));
  const originals = frames.map(contents);
  const all = (turn: (frame: VideoFrame) => VideoFrame): object[] => frames.map((frame) => contents(turn(frame)));

  test.each(["vertical", "horizontal", "both"] as const)("is itself again after two flips (%s)", (direction) => {
    expect(all((frame) => frame.flip(direction).flip(direction))).toEqual(originals);
  });

  test("is itself again after four quarter turns", () => {
    expect(all((frame) => frame.rotate(90).rotate(90).rotate(90).rotate(90))).toEqual(originals);
    expect(all((frame) => frame.rotate(270).rotate(270).rotate(270).rotate(270))).toEqual(originals);
  });

  test("is itself again after a turn there and back", () => {
    expect(all((frame) => frame.rotate(90).rotate(270))).toEqual(originals);
    expect(all((frame) => frame.rotate(180).rotate(90).rotate(90))).toEqual(originals);
  });

  test("mirrored both ways is turned by half", () => {
    expect(all((frame) => frame.flip("vertical").flip("horizontal").rotate(180))).toEqual(originals);
  });

  test("cut out whole, or scaled to its own size, is itself", () => {
    expect(all((frame) => frame.crop({ x: 0, y: 0, width, height }))).toEqual(originals);
    expect(all((frame) => frame.resize(width, height))).toEqual(originals);
    expect(all((frame) => frame.upright())).toEqual(originals);
  });
});

test.each([0, 90, 180, 270] as const)(
  "the viewer of a picture with rotation %i sees the flip that was asked for",
  (rotation) => {
    const frame = paddedFrame(6, 4, { rotation });
    const directions = ["vertical", "horizontal", "both"] as const;
    expect(directions.map((direction) => contents(frame.flip(direction).upright()))).toEqual(
      directions.map((direction) => contents(frame.upright().flip(direction))),
    );
  },
);

describe("crop", () => {
  const frame = frameOf(
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
      [13, 14, 15, 16],
    ],
    [
      [10, 20],
      [30, 60],
    ],
    [
      [1, 1],
      [1, 1],
    ],
  );

  test("at an even place takes luma and chroma as they are", () => {
    expect(planes(frame.crop({ x: 2, y: 0, width: 2, height: 3 }))).toEqual({
      y: [
        [3, 4],
        [7, 8],
        [11, 12],
      ],
      u: [[20], [60]],
    });
  });

  test("at an odd place takes the mean of the neighbouring chroma", () => {
    expect(planes(frame.crop({ x: 1, y: 1, width: 3, height: 2 }))).toEqual({
      y: [
        [6, 7, 8],
        [10, 11, 12],
      ],
      // (10 + 20 + 30 + 60) / 4, and at the right edge (20 + 60) / 2.
      u: [[30, 40]],
    });
  });

  test("odd in one direction only mixes in that direction only", () => {
    expect(chromaRows(frame.crop({ x: 1, y: 0, width: 2, height: 4 }))).toEqual([[15], [45]]);
  });

  test.each([
    [{ x: -1, y: 0, width: 1, height: 1 }, "crop takes x and y as integers of at least 0, but they are -1 and 0."],
    [{ x: 0, y: 0.5, width: 1, height: 1 }, "crop takes x and y as integers of at least 0, but they are 0 and 0.5."],
    [{ x: 0, y: 0, width: 0, height: 1 }, "A picture's width must be an integer from 1 to 16384, but it is 0."],
    [{ x: 3, y: 0, width: 2, height: 1 }, "The rectangle of 2x1 at 3, 0 does not lie within the picture of 4x4."],
  ])("refuses %o", (rectangle, message) => {
    expect(() => frame.crop(rectangle)).toThrow(message);
  });
});

describe("overlay", () => {
  const black = frameOf(
    Array.from({ length: 4 }, () => [0, 0, 0, 0]),
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  );
  const white = frameOf(
    [
      [201, 202],
      [203, 204],
    ],
    [[100]],
    [[100]],
  );

  test("draws at the place that was asked for", () => {
    expect(planes(black.overlay(white, { x: 2, y: 2 }))).toEqual({
      y: [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 201, 202],
        [0, 0, 203, 204],
      ],
      u: [
        [0, 0],
        [0, 100],
      ],
    });
  });

  test("leaves out what does not fit", () => {
    expect([
      lumaRows(black.overlay(white, { x: -1, y: 3 })),
      lumaRows(black.overlay(white, { x: 3, y: -1 })),
      lumaRows(black.overlay(white, { x: 4, y: 0 })),
      lumaRows(black.overlay(white, { x: -900, y: -900 })),
    ]).toEqual([
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [202, 0, 0, 0],
      ],
      [
        [0, 0, 0, 203],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
      lumaRows(black),
      lumaRows(black),
    ]);
  });

  test("mixes by its opacity", () => {
    const seen = [0, 0.25, 0.5, 1].map((opacity) => lumaRows(black.overlay(white, { opacity }))[0]);
    expect(seen).toEqual([
      [0, 0, 0, 0],
      [50, 51, 0, 0],
      [101, 101, 0, 0],
      [201, 202, 0, 0],
    ]);
  });

  test.each([{ x: 0.5 }, { y: Number.NaN }, { opacity: 2 }, { opacity: Number.NaN }])("refuses %o", (options) => {
    expect(() => black.overlay(white, options)).toThrow(/^overlay takes/);
  });
});

test("a direction or a turn that does not exist is refused", () => {
  expect(() => SMALL.flip("up" as "both")).toThrow('flip takes "vertical", "horizontal" or "both", but not up.');
  expect(() => SMALL.rotate(45 as 90)).toThrow("rotate takes 90, 180 or 270 degrees, but not 45.");
});
