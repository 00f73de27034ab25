import { expect, it } from "vitest";
import { formatBitrate, formatMilliseconds, formatShare, formatTimeLeft, formatWhole } from "../../web/src/figures.ts";

it.each([
  [600, "10:00"],
  [599.2, "10:00"],
  [59.1, "1:00"],
  [7, "0:07"],
  [0.2, "0:01"],
  [0, "0:00"],
  [-3, "0:00"],
  [3723, "1:02:03"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatTimeLeft(seconds)).toBe(text);
});

it.each([
  [undefined, "–"],
  [0, "0 kbit/s"],
  [64_400, "64 kbit/s"],
  [1_249_000, "1.2 Mbit/s"],
])("%d bits per second are %s", (bits, text) => {
  expect(formatBitrate(bits)).toBe(text);
});

it.each([
  [undefined, "–"],
  [0.42, "0.4 ms"],
  [24.6, "25 ms"],
])("%d milliseconds are %s", (ms, text) => {
  expect(formatMilliseconds(ms)).toBe(text);
});

it("rounds, and has a dash for what is not known", () => {
  expect([formatWhole(29.6), formatWhole(undefined)]).toEqual(["30", "–"]);
});

it.each([
  [undefined, "–"],
  [0, "0 %"],
  [0.0123, "1.2 %"],
  [0.05, "5 %"],
  [0.256, "26 %"],
])("a share of %d is %s", (share, text) => {
  expect(formatShare(share)).toBe(text);
});
