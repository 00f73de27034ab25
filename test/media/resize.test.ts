import { describe, expect, test } from "vitest";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import { chromaRows, frameOf, lumaRows, paddedFrame, seeded } from "./pictures.ts";

function planes(frame: VideoFrame): object {
  return { y: lumaRows(frame), u: chromaRows(frame) };
}

describe("resize", () => {
  test("takes the mean of the area where the picture becomes smaller", () => {
    const frame = frameOf(
      [
        [0, 100, 50, 50],
        [20, 40, 50, 54],
      ],
      [[10, 20]],
      [[30, 50]],
    );
    expect(planes(frame.resize(2, 1))).toEqual({ y: [[40, 51]], u: [[15]] });
  });

  test("weighs pixels that are covered in part by that part", () => {
    const frame = frameOf([[0, 90, 180]], [[0, 0]], [[0, 0]]);
    // 0 and half of 90; half of 90 and 180.
    expect(lumaRows(frame.resize(2, 1))).toEqual([[30, 150]]);
  });

  test("interpolates where the picture becomes larger", () => {
    const frame = frameOf([[0, 100]], [[0]], [[0]]);
    expect(lumaRows(frame.resize(4, 1))).toEqual([[0, 25, 75, 100]]);
  });

  test("may shrink one way and grow the other", () => {
    const frame = frameOf([[0, 100]], [[0]], [[0]]);
    expect(lumaRows(frame.resize(1, 2))).toEqual([[50], [50]]);
  });

  test("keeps a picture of one colour exactly so, at any size", () => {
    const random = seeded(3);
    const size = (): number => 1 + Math.floor(random() * 40);
    const odd: number[][] = [];
    for (let round = 0; round < 200; round += 1) {
      const [width, height] = [size(), size()];
      const value = Math.floor(random() * 256);
      const plane = paddedFrame(size(), size(), { padding: 0 });
      for (const samples of [plane.planes.y, plane.planes.u, plane.planes.v]) samples.fill(value);
      const other = plane.resize(width, height, { fit: round % 2 === 0 ? "fill" : "cover" });
      if (other.to("i420").some((sample) => sample !== value)) odd.push([width, height, value]);
    }
    expect(odd).toEqual([]);
  });

  test("stays within one step of the exact mean", () => {
    const frame = paddedFrame(61, 47);
    const rows = lumaRows(frame);
    const [width, height] = [13, 9];
    const [stepX, stepY] = [61 / width, 47 / height];
    let worst = 0;
    lumaRows(frame.resize(width, height)).forEach((line, row) => {
      line.forEach((value, column) => {
        let sum = 0;
        rows.forEach((source, y) => {
          source.forEach((sample, x) => {
            const coveredX = Math.min(x + 1, (column + 1) * stepX) - Math.max(x, column * stepX);
            const coveredY = Math.min(y + 1, (row + 1) * stepY) - Math.max(y, row * stepY);
            if (coveredX > 0 && coveredY > 0) sum += sample * coveredX * coveredY;
          });
        });
        worst = Math.max(worst, Math.abs(value - sum / (stepX * stepY)));
      });
    });
    expect(worst).toBeLessThan(0.6);
  });

  test("contain shows the whole picture between black bars", () => {
    const frame = frameOf(
      [
        [200, 200],
        [200, 200],
      ],
      [[90]],
      [[90]],
    );
    expect(planes(frame.resize(6, 2, { fit: "contain" }))).toEqual({
      y: [
        [16, 16, 200, 200, 16, 16],
        [16, 16, 200, 200, 16, 16],
      ],
      u: [[128, 90, 128]],
    });
  });

  test("cover fills the frame and cuts off both sides alike", () => {
    const frame = frameOf(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      [[10, 20]],
      [[10, 20]],
    );
    expect(planes(frame.resize(2, 2, { fit: "cover" }))).toEqual({
      y: [
        [2, 3],
        [6, 7],
      ],
      u: [[15]],
    });
  });

  test("reaches extreme shapes", () => {
    const sizes = [
      [1, 400],
      [400, 1],
      [1, 1],
    ] as const;
    const fits = ["fill", "contain", "cover"] as const;
    const frame = paddedFrame(37, 3);
    const seen = sizes.flatMap(([width, height]) =>
      fits.map((fit) => frame.resize(width, height, { fit }).to("i420").length),
    );
    expect(seen).toEqual([800, 800, 800, 800, 800, 800, 3, 3, 3]);
  });

  test.each([
    [[0, 5, {}], "A picture's width must be an integer from 1 to 16384, but it is 0."],
    [[5, 2.5, {}], "A picture's height must be an integer from 1 to 16384, but it is 2.5."],
    [[5, 5, { fit: "inside" as "cover" }], 'resize takes a fit of "fill", "contain" or "cover", but not inside.'],
  ] as const)("refuses %o", ([width, height, options], message) => {
    expect(() => paddedFrame(3, 3).resize(width, height, options)).toThrow(message);
  });
});
