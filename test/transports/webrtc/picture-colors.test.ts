import { describe, expect, test } from "vitest";
import { codeOf, colorsOf } from "../../../src/transports/webrtc/picture-colors.ts";

describe("the colours that a peer tells of its pictures", () => {
  test.each([
    ["a canvas in Chromium 156", { primaries: 1, transfer: 13, matrix: 1, range: "full" }, "bt709", true],
    ["a BT.709 track", { primaries: 1, transfer: 1, matrix: 1, range: "limited" }, "bt709", false],
    ["a BT.601 track of 525 lines", { primaries: 6, transfer: 6, matrix: 6, range: "limited" }, "bt601", false],
    ["a BT.601 track of 625 lines", { primaries: 5, transfer: 6, matrix: 5, range: "unknown" }, "bt601", false],
  ] as const)("are understood of %s", (_source, code, colorSpace, isFullRange) => {
    expect(colorsOf(code)).toEqual({ colorSpace, isFullRange });
  });

  test("are as good as none when they are neither BT.601 nor BT.709", () => {
    expect([colorsOf({ primaries: 9, transfer: 16, matrix: 9, range: "limited" }), colorsOf(undefined)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test.each(["bt601", "bt709"] as const)("are told of our own in %s", (colorSpace) => {
    expect(colorsOf(codeOf({ colorSpace, isFullRange: false }))).toEqual({ colorSpace, isFullRange: false });
    expect(colorsOf(codeOf({ colorSpace, isFullRange: true }))).toEqual({ colorSpace, isFullRange: true });
  });
});
