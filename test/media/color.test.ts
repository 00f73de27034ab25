import { expect, test } from "vitest";
import { type Color, parseColor } from "../../src/media/color.ts";

test.each<[Color, [number, number, number, number]]>([
  ["#7fee64", [127, 238, 100, 255]],
  ["#7FEE6480", [127, 238, 100, 128]],
  ["#f0a", [255, 0, 170, 255]],
  ["#f0a8", [255, 0, 170, 136]],
  [
    [1, 2, 3],
    [1, 2, 3, 255],
  ],
  [
    [1, 2, 3, 0],
    [1, 2, 3, 0],
  ],
])("%o is a colour", (color, [red, green, blue, alpha]) => {
  expect(parseColor(color, "color")).toEqual({ red, green, blue, alpha });
});

test.each([
  "",
  "#",
  "#ff",
  "#fffff",
  "#ggg",
  "7fee64",
  "rgb(1,2,3)",
  [1, 2, 3.5],
  [1, 2, 3, 4, 5],
  [-1, 0, 0],
  null,
  7,
])("%o is not", (color) => {
  expect(() => parseColor(color as Color, "color")).toThrow(/^color must be a colour such as/);
});
