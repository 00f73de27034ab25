import { expect, test } from "vitest";
import { aggregateBytesTo16Bit } from "../../src/media/aggregate-bytes.ts";

const BYTES = Uint8Array.of(1, 0, 0xff, 0xff, 0x00, 0x80, 0xff, 0x7f);
const SAMPLES = [1, -1, -32_768, 32_767];

/** The bytes cut into pieces of these lengths. */
function* cut(...lengths: number[]): Generator<Uint8Array> {
  let at = 0;
  for (const length of lengths) yield BYTES.subarray(at, (at += length));
}

test.each([[[8]], [[4, 4]], [[1, 1, 1, 1, 1, 1, 1, 1]], [[3, 3, 2]], [[0, 5, 0, 3]], [[7, 1]]])(
  "samples are whole although their bytes come in pieces of %j",
  async (lengths) => {
    const now = [...aggregateBytesTo16Bit(cut(...lengths))];
    expect(now.flatMap((samples) => [...samples])).toEqual(SAMPLES);
    expect(now.every((samples) => samples instanceof Int16Array && samples.length > 0)).toBe(true);
    const later: number[] = [];
    for await (const samples of aggregateBytesTo16Bit(new Blob([BYTES]).stream())) later.push(...samples);
    expect(later).toEqual(SAMPLES);
  },
);

test("a last byte without its other half is dropped", () => {
  expect([...aggregateBytesTo16Bit([Uint8Array.of(5, 0, 9)])]).toEqual([Int16Array.of(5)]);
});

test("pieces may be parts of a larger memory that begin at an odd place", () => {
  const memory = Uint8Array.of(9, 1, 2);
  expect([...aggregateBytesTo16Bit([memory.subarray(1)])]).toEqual([Int16Array.of(0x0201)]);
});
