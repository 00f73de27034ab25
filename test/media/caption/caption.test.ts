import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { CaptionOptions } from "../../../src/media/caption/caption-options.ts";
import { type Rotation, VideoFrame } from "../../../src/media/video-frame.ts";
import { contents, lumaRows, paddedFrame } from "../pictures.ts";

function grayFrame(width: number, height: number, gray = 0, rotation: Rotation = 0): VideoFrame {
  return VideoFrame.from(new Uint8Array(width * height).fill(gray), { format: "gray8", width, height, rotation });
}

/** A picture as characters, from dark to light. */
function drawing(frame: VideoFrame): string {
  const { width, height } = frame;
  const gray = frame.to("gray8");
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from(
      gray.subarray(row * width, (row + 1) * width),
      (value) => " .:-=+*#%@"[Math.floor((value * 10) / 256)],
    ).join(""),
  );
  return rows.map((row) => row.trimEnd()).join("\n");
}

/** The smallest rectangle that holds all pixels that differ between two frames. */
function changedArea(
  before: VideoFrame,
  after: VideoFrame,
): { left: number; top: number; right: number; bottom: number } {
  const old = lumaRows(before);
  const area = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  lumaRows(after).forEach((row, y) => {
    row.forEach((value, x) => {
      if (value === old[y]?.[x]) return;
      area.left = Math.min(area.left, x);
      area.right = Math.max(area.right, x);
      area.top = Math.min(area.top, y);
      area.bottom = Math.max(area.bottom, y);
    });
  });
  return area;
}

test("text is drawn as it is read", () => {
  const frame = grayFrame(58, 24).caption("Rg8é", { size: 18, color: "#fff", margin: 1, corner: "top-left" });
  expect(`\n${drawing(frame)}\n`).toMatchInlineSnapshot(`
    "



                                                   .--
       .....                        :--:           #@=
      -@@@@@@@#:                  =@@@@@@+        +@=
      -@@@@@@@@@:                =@@@%%@@@=      :@=
      -@@@--+@@@*                #@@*  +@@#
      -@@@   *@@#    :#@@*.%%%.  #@@-  -@@%    -#@@@*:
      -@@@   *@@*   -@@@@@%@@@.  =@@#  #@@=   *@@@@@@@-
      -@@@--=@@@:   %@@#:-@@@@.   +@@@@@@+   -@@@: -@@@
      -@@@@@@@%:   :@@@.  -@@@.   +@@@@@@+   #@@=   #@@-
      -@@@@@@@@=   -@@%    @@@.  *@@#::#@@*  @@@@@@@@@@+
      -@@@ .*@@@:  -@@%   .@@@.  @@@.  .@@@  @@@@@@@@@@+
      -@@@   %@@#  :@@@.  -@@@. .@@@.   @@@. #@@-
      -@@@   -@@@:  %@@%-=@@@@.  @@@+  +@@@  =@@%.   -#.
      -@@@    %@@#  :@@@@@#@@@.  =@@@@@@@@+   #@@@%@@@@.
      -@@@    -@@@:  :#@@+.@@@    =%@@@@@=     +@@@@@%+
                          -@@@      .::.         .:.
                    :%=::=@@@+
                    :@@@@@@@*
                     +#%%#*:


    "
  `);
});

test("the caption of the flip example is the picture that was looked at", () => {
  const frame = paddedFrame(640, 480, { padding: 32 }).flip("vertical").caption("Hello from FastRTC!");
  expect(createHash("sha256").update(frame.to("i420")).digest("hex")).toMatchInlineSnapshot(
    `"9154a5dbbb28616991d1b2978e0353344097a6c848b590d169e0101ef7912421"`,
  );
});

test("a caption stands at the bottom right with a margin of 10 when nothing else is asked for", () => {
  const before = grayFrame(320, 120, 128);
  const { right, bottom } = changedArea(before, before.caption("Agj"));
  // The text ends before the margin; only the line around its descenders reaches a pixel into it.
  expect({ right, bottom }).toEqual({ right: 320 - 10 - 1, bottom: 120 - 10 });
});

test("each corner has its place", () => {
  const before = grayFrame(200, 100, 128);
  const corners = ["top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"] as const;
  const centers = corners.map((corner) => {
    const { left, right, top, bottom } = changedArea(before, before.caption("HH", { corner, size: 20 }));
    const third = (value: number, size: number): number => Math.floor((3 * value) / size);
    return [third((left + right) / 2, 200), third((top + bottom) / 2, 100)];
  });
  expect(centers).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
});

test("several lines stand below each other, whether as an array or with line feeds", () => {
  const before = grayFrame(200, 100, 128);
  const one = changedArea(before, before.caption("HH"));
  const two = changedArea(before, before.caption(["HH", "HH"]));
  expect({ ...two, top: two.top + 30 }).toEqual(one);
  expect(contents(before.caption("HH\nHH"))).toEqual(contents(before.caption(["HH", "HH"])));
});

test("the text has the colour that was asked for, on any picture", () => {
  const seen = [0, 128, 255].map((gray) => {
    const block = grayFrame(64, 64, gray).caption("█", { size: 60, corner: "top-left", margin: 0, color: "#ff0000" });
    const pixel = (30 * 64 + 20) * 3;
    return [...block.to("rgb24").subarray(pixel, pixel + 3)];
  });
  expect(seen).toEqual(Array.from({ length: 3 }, () => [254, 0, 0]));
});

test("a colour may let the picture shine through", () => {
  const block = grayFrame(64, 64, 0).caption("█", {
    size: 60,
    corner: "top-left",
    margin: 0,
    color: [255, 255, 255, 128],
  });
  expect(lumaRows(block)[30]?.[20]).toBe(126);
});

test("a dark line surrounds light text and a light one dark text, so that both are read on their own colour", () => {
  const extremes = (gray: number, color: string): [number, number] => {
    const pixels = grayFrame(100, 60, gray).caption("H", { color }).to("gray8");
    return [Math.min(...pixels), Math.max(...pixels)];
  };
  expect([extremes(255, "#fff"), extremes(0, "#000")]).toEqual([
    [0, 255],
    [0, 255],
  ]);
});

test("a background is a box behind the text instead of the line around it", () => {
  const frame = grayFrame(100, 60, 255).caption("..", { size: 20, color: "#fff", background: "#000" });
  const rows = lumaRows(frame);
  expect({ inside: rows[30]?.[80], outside: rows[10]?.[80] }).toEqual({ inside: 16, outside: 235 });
});

test("a character that the font lacks is an empty box", () => {
  const frame = grayFrame(20, 22).caption("日", { size: 18, color: "#fff", margin: 2, corner: "top-left" });
  expect(`\n${drawing(frame)}\n`).toMatchInlineSnapshot(`
    "






       +@@@@@@@@%
       +%------*%
       +%      +%
       +%      +%
       +%      +%
       +%      +%
       +%      +%
       +%      +%
       +%      +%
       +%      +%
       +%      +%
       +%======#%
       +@@@@@@@@%



    "
  `);
});

test("an emoji is one box, half of one too", () => {
  const frame = grayFrame(200, 40);
  const draw = (text: string): object => contents(frame.caption(text));
  expect([draw("😀"), draw("\ud83d"), draw("❤\u{fe0f}")]).toEqual([draw("日"), draw("日"), draw("日")]);
});

test("a caption without anything to see changes nothing", () => {
  const frame = paddedFrame(64, 48);
  expect([[], "", " ", ["", ""]].map((lines) => contents(frame.caption(lines)))).toEqual(
    Array.from({ length: 4 }, () => contents(frame)),
  );
});

test("the frame itself stays as it is", () => {
  const frame = paddedFrame(64, 48);
  const before = contents(frame);
  frame.caption("Hello");
  expect(contents(frame)).toEqual(before);
});

test("the same caption again gives the same pixels, on frames of other sizes in between, too", () => {
  const draw = (width: number): object => contents(grayFrame(width, 48, 90).caption("again"));
  const first = draw(64);
  draw(66);
  expect(draw(64)).toEqual(first);
});

describe.each([
  [1, 1],
  [2, 3],
  [9, 7],
  [33, 21],
])("a picture of %i x %i", (width, height) => {
  test("shows what fits of a caption that is larger", () => {
    const corners = ["top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"] as const;
    const sizes = corners.map((corner) => {
      const frame = grayFrame(width, height, 128).caption(["Large", "text"], {
        corner,
        size: 40,
        background: "#123456",
      });
      return [frame.width, frame.height];
    });
    expect(sizes).toEqual(corners.map(() => [width, height]));
  });

  test("has nothing changed when the margin is larger than it", () => {
    const frame = grayFrame(width, height, 128);
    expect(contents(frame.caption("x", { margin: 500 }))).toEqual(contents(frame));
  });
});

test.each([
  [90, 40, 120],
  [180, 120, 40],
  [270, 40, 120],
] as const)("the viewer of a picture with rotation %i reads the caption upright", (rotation, width, height) => {
  const frame = paddedFrame(width, height, { rotation, padding: 0 });
  const options: CaptionOptions = { corner: "bottom-left", size: 13 };
  expect(contents(frame.caption("Rot", options).upright())).toEqual(contents(frame.upright().caption("Rot", options)));
});

test("a picture of odd size takes a caption up to its last column and row", () => {
  const frame = grayFrame(33, 21, 255).caption("█", { size: 40, margin: 0, color: "#000", background: "#000" });
  const [y, u] = [lumaRows(frame), frame.planes.u];
  expect({ y: y[20]?.[32], u: u.at(-1) }).toEqual({ y: 16, u: 128 });
});

test.each([
  [
    { color: "green" },
    'A caption\'s color must be a colour such as "#7fee64", "#7fee6480" or [127, 238, 100, 128], but it is "green".',
  ],
  [
    { color: [1, 2] as unknown as string },
    'A caption\'s color must be a colour such as "#7fee64", "#7fee6480" or [127, 238, 100, 128], but it is [1, 2].',
  ],
  [
    { background: [1, 2, 256] as const },
    'A caption\'s background must be a colour such as "#7fee64", "#7fee6480" or [127, 238, 100, 128], but it is [1, 2, 256].',
  ],
  [
    { corner: "left" as "top" },
    "A caption's corner must be one of top-left, top, top-right, bottom-left, bottom, bottom-right, but it is left.",
  ],
  [{ size: 3 }, "A caption's size must be a number of pixels from 4 to 512, but it is 3."],
  [{ margin: Number.NaN }, "A caption's margin must be a number of pixels of at least 0, but it is NaN."],
] as const)("refuses %o", (options, message) => {
  expect(() => grayFrame(8, 8).caption("x", options)).toThrow(message);
});

test.each([[7], [["a", 7]], [undefined], [["a", undefined]]])("refuses %o as lines", (lines) => {
  expect(() => grayFrame(8, 8).caption(lines as unknown as string)).toThrow(
    /^A caption is a string or an array of strings, but it holds (7|undefined)\.$/,
  );
});
