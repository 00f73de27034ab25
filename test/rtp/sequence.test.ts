import { describe, expect, it } from "vitest";
import {
  sequenceDistance,
  SequenceUnwrapper,
  timestampDistance,
  TimestampUnwrapper,
  wrapSequence,
  wrapTimestamp,
} from "../../src/rtp/sequence.ts";
import { SeededRandom } from "./support/seeded-random.ts";

describe("serial arithmetic", () => {
  it.each([
    [0, 0, 0],
    [1, 0, 1],
    [2, 65534, 4],
    [65535, 0, -1],
    [32767, 0, 32767],
    [32768, 0, -32768],
  ])("puts sequence number %i after %i by %i", (a, b, distance) => {
    expect(sequenceDistance(a, b)).toBe(distance);
  });

  it.each([
    [0, 0xffff_ffff, 1],
    [0xffff_ffff, 0, -1],
    [3000, 0xffff_fff0, 3016],
    [0x8000_0000, 0, -0x8000_0000],
  ])("puts timestamp %i after %i by %i", (a, b, distance) => {
    expect(timestampDistance(a, b)).toBe(distance);
  });
});

describe("unwrapping", () => {
  it("counts past 65535 and back before 0", () => {
    const unwrapper = new SequenceUnwrapper();
    expect([65534, 65535, 1, 0, 2, 65535].map((sequence) => unwrapper.unwrap(sequence))).toEqual([
      65534, 65535, 65537, 65536, 65538, 65535,
    ]);
  });

  it("gives negative numbers to what came before the first", () => {
    const unwrapper = new SequenceUnwrapper();
    expect([1, 65535].map((sequence) => unwrapper.unwrap(sequence))).toEqual([1, -1]);
  });

  it("starts over after a reset", () => {
    const unwrapper = new SequenceUnwrapper();
    unwrapper.unwrap(65535);
    unwrapper.reset();
    expect(unwrapper.unwrap(3)).toBe(3);
  });

  it("follows any walk of steps under half a circle, and wrapping undoes it", () => {
    const random = new SeededRandom(1);
    const sequences = new SequenceUnwrapper();
    const timestamps = new TimestampUnwrapper();
    let sequence = 65_000;
    let timestamp = 0xffff_0000;
    for (let step = 0; step < 20_000; step += 1) {
      if (sequences.unwrap(wrapSequence(sequence)) !== sequence) throw new Error(`lost at sequence ${sequence}`);
      if (timestamps.unwrap(wrapTimestamp(timestamp)) !== timestamp) throw new Error(`lost at timestamp ${timestamp}`);
      sequence += random.integer(-300, 900);
      timestamp += random.integer(-90_000, 4_000_000);
    }
    expect(sequence).toBeGreaterThan(10 * 0x1_0000);
    expect(timestamp).toBeGreaterThan(5 * 0x1_0000_0000);
  });
});
