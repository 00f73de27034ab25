import { expect, test } from "vitest";
import { FrameRateMeter } from "../../src/codecs/frame-rate-meter.ts";

/** The rate reported after `seconds` of frames that are `intervalUs` apart. */
function measured(meter: FrameRateMeter, intervalUs: number, seconds = 4): number {
  let rate = 0;
  for (let atUs = 0; atUs < seconds * 1_000_000; atUs += intervalUs) rate = meter.measure(atUs);
  return rate;
}

test("the expected rate counts until frames show another", () => {
  const meter = new FrameRateMeter(24);
  expect([meter.measure(undefined), meter.measure(0), meter.measure(41_667)]).toEqual([24, 24, 24]);
});

test.each([
  [66_667, 15],
  [16_667, 60],
  [1_000_000, 10],
  [1000, 120],
])("frames every %i us are %i per second, within the limits of 10 and 120", (intervalUs, rate) => {
  expect(Math.abs(measured(new FrameRateMeter(30), intervalUs, 60) / rate - 1)).toBeLessThan(0.11);
});

test("jitter does not change the reported rate", () => {
  const meter = new FrameRateMeter(30);
  const rates = new Set<number>();
  for (let index = 0; index < 300; index++) rates.add(meter.measure(index * 33_333 + (index % 2) * 8000));
  expect([...rates]).toEqual([30]);
});

test("a clock that stands still or jumps back counts for nothing", () => {
  const meter = new FrameRateMeter(30);
  expect([1000, 1000, 1000, 0, 0].map((atUs) => meter.measure(atUs))).toEqual([30, 30, 30, 30, 30]);
});
