import { expect, it } from "vitest";
import { relaxConstraints } from "../../web/src/relax-constraints.ts";

it("turns every demand into a wish, and leaves wishes as they are", () => {
  expect(
    relaxConstraints({
      width: { exact: 640 },
      height: 480,
      frameRate: { min: 30 },
      aspectRatio: { max: 2, ideal: 1.5 },
      facingMode: ["user", "left"],
      deviceId: { exact: ["a", "b"] },
      sampleRate: {},
      advanced: [{ width: 1920 }],
    }),
  ).toEqual({
    width: { ideal: 640 },
    height: 480,
    frameRate: { ideal: 30 },
    aspectRatio: { ideal: 1.5 },
    facingMode: ["user", "left"],
    deviceId: { ideal: ["a", "b"] },
    sampleRate: {},
  });
});
