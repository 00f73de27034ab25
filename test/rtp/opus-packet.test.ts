import { describe, expect, it } from "vitest";
import { carriesPreviousSound, opusPacketTicks, startsOpusSilence } from "../../src/rtp/opus-packet.ts";

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

  it.each([
    ["SILK of 20 ms", [toc(9), 0b1100_0000], true],
    ["SILK of 20 ms without", [toc(9), 0b1011_1111], false],
    ["SILK of 60 ms, whose bit stands behind three for voice", [toc(11), 0b0001_0000], true],
    ["SILK of 60 ms without", [toc(11), 0b1110_1111], false],
    ["hybrid in stereo, in the side alone", [toc(15) | 4, 0b0001_0000], true],
    ["hybrid in stereo without", [toc(15) | 4, 0b1010_1111], false],
    ["CELT, which has no such bit", [toc(31), 0xff], false],
    ["two frames of different length, with a length of two bytes", [toc(9, 2), 252, 1, 0b0100_0000], true],
    ["three frames with padding of 255 + 1 bytes", [toc(9, 3), 0x43, 255, 1, 0b0100_0000], true],
    ["three frames with lengths", [toc(9, 3), 0x83, 5, 6, 0b0100_0000], true],
    ["a frame that is not there", [toc(9)], false],
    ["nothing", [], false],
  ])("says whether it carries the sound before it: %s", (_name, bytes, carries) => {
    expect(carriesPreviousSound(Uint8Array.from(bytes))).toBe(carries);
  });

  it("announces silence when there is no sound in it", () => {
    expect([0, 1, 2, 3].map((length) => startsOpusSilence(new Uint8Array(length)))).toEqual([false, true, true, false]);
  });
});
