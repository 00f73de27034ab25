import { expect, test } from "vitest";
import {
  FRAME_CODE_RANGE,
  PICTURE_HEIGHT,
  PICTURE_WIDTH,
  readFrameCode,
  writeFrameCode,
} from "../../bench/picture/frame-code.ts";

test.each([0, 1, 12_345, FRAME_CODE_RANGE - 1])("frame number %i can be read back", (number) => {
  const luma = pictureWith(number);
  expect(readFrameCode(pixelsOf(luma))).toStrictEqual({ number, isFlipped: false });
});

test("a flipped picture keeps its number and says that it is flipped", () => {
  const luma = pictureWith(777);
  const flipped = pixelsOf(luma);
  expect(readFrameCode((x, y) => flipped(x, PICTURE_HEIGHT - 1 - y))).toStrictEqual({ number: 777, isFlipped: true });
});

test("coarse brightness errors do not change the number", () => {
  const pixel = pixelsOf(pictureWith(4242));
  const noisy = (x: number, y: number): number => pixel(x, y) + (((x * 7 + y * 13) % 3) - 1) * 60;
  expect(readFrameCode(noisy)?.number).toBe(4242);
});

test.each([0, 110, 255])("a plain picture of brightness %i has no number", (brightness) => {
  expect(readFrameCode(() => brightness)).toBeUndefined();
});

function pictureWith(number: number): Uint8Array {
  const luma = new Uint8Array(PICTURE_WIDTH * PICTURE_HEIGHT).fill(110);
  writeFrameCode(luma, number);
  return luma;
}

function pixelsOf(luma: Uint8Array): (x: number, y: number) => number {
  return (x, y) => luma[y * PICTURE_WIDTH + x] ?? 0;
}
