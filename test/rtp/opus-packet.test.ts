import { describe, expect, it } from "vitest";
import { opusPacketTicks, startsOpusSilence } from "../../src/rtp/opus-packet.ts";

/** The first byte of a packet: configuration, and how many frames it has. */
const toc = (configuration: number, framesCode = 0): number => (configuration << 3) | framesCode;

describe("an Opus packet", () => {
  it.each([
    ["SILK of 10 ms", [toc(0), 1], 480],
    ["SILK of 60 ms", [toc(11), 1], 2880],
    ["hybrid of 10 ms", [toc(14), 1], 480],
    ["hybrid of 20 ms", [toc(15), 1], 960],
    ["CELT of 2.5 ms", [toc(28), 1], 120],
    ["CELT of 20 ms", [toc(31), 1], 960],
    ["two frames of equal length", [toc(31, 1), 1], 1920],
    ["two frames of different length", [toc(31, 2), 1], 1920],
    ["six frames", [toc(31, 3), 6], 5760],
    ["three frames with padding at a bitrate that varies", [toc(31, 3), 0xc3], 2880],
  ])("lasts as long as %s", (_name, bytes, ticks) => {
    expect(opusPacketTicks(Uint8Array.from(bytes))).toBe(ticks);
  });

  it.each([
    ["is empty", []],
    ["has no frames", [toc(31, 3), 0]],
    ["does not say how many frames it has", [toc(31, 3)]],
    ["lasts more than 120 ms", [toc(11, 3), 3]],
  ])("has no length when it %s", (_name, bytes) => {
    expect(opusPacketTicks(Uint8Array.from(bytes))).toBeUndefined();
  });

  it("announces silence when there is no sound in it", () => {
    expect([0, 1, 2, 3].map((length) => startsOpusSilence(new Uint8Array(length)))).toEqual([false, true, true, false]);
  });
});
