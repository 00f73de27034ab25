import { expect, test } from "vitest";
import { Coverage } from "../../../src/media/caption/coverage.ts";
import { seeded } from "../pictures.ts";

function covered(width: number, height: number, ...polygons: number[][]): number[][] {
  const coverage = new Coverage(width, height);
  for (const polygon of polygons) coverage.addPolygon(polygon);
  const bytes = coverage.toBytes();
  return Array.from({ length: height }, (_, row) => [...bytes.subarray(row * width, (row + 1) * width)]);
}

const SQUARE = [1, 1, 3, 1, 3, 3, 1, 3];

test("whole pixels are covered wholly", () => {
  expect(covered(4, 4, SQUARE)).toEqual([
    [0, 0, 0, 0],
    [0, 255, 255, 0],
    [0, 255, 255, 0],
    [0, 0, 0, 0],
  ]);
});

test("a pixel counts by the part of it that is inside", () => {
  expect(covered(3, 2, [0.5, 0, 2.25, 0, 2.25, 1.5, 0.5, 1.5])).toEqual([
    [128, 255, 64],
    [64, 128, 32],
  ]);
});

test("a slanted edge covers what lies on its side of each pixel", () => {
  // y < x / 2 within 4 x 2 pixels: triangles and trapezia.
  expect(covered(4, 2, [0, 0, 4, 0, 4, 2])).toEqual([
    [64, 191, 255, 255],
    [0, 0, 64, 191],
  ]);
});

test("a contour that winds the other way is a hole", () => {
  const whole = [0, 0, 4, 0, 4, 4, 0, 4];
  const hole = [1, 1, 1, 3, 3, 3, 3, 1];
  expect(
    covered(4, 4, whole, hole)
      .flat()
      .filter((value) => value === 255),
  ).toHaveLength(12);
});

test("what two contours cover alike stays inside", () => {
  expect(covered(4, 4, SQUARE, SQUARE)).toEqual(covered(4, 4, SQUARE));
});

test("the sum over random triangles is their area", () => {
  const random = seeded(5);
  let worst = 0;
  for (let round = 0; round < 300; round += 1) {
    const [ax, ay, bx, by, cx, cy] = Array.from({ length: 6 }, () => random() * 20) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const area = Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
    const sum = covered(20, 20, [ax, ay, bx, by, cx, cy])
      .flat()
      .reduce((total, value) => total + value / 255, 0);
    worst = Math.max(worst, Math.abs(sum - area));
  }
  // 400 pixels, each rounded to a 255th.
  expect(worst).toBeLessThan(0.1);
});
