import { expect, it } from "vitest";
import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { fromHex } from "./support/hex.ts";

it.each([
  ["000100002112a442", "stun"],
  ["16fefd", "dtls"],
  ["40000004", "turn-channel"],
  ["8060", "rtp"],
  ["80e0", "rtp"],
  ["bf7f", "rtp"],
  ["80c8", "rtcp"],
  ["81c9", "rtcp"],
  ["81cd", "rtcp"],
  ["80df", "rtcp"],
  ["80c0", "rtcp"],
  ["80bf", "rtp"],
  ["", undefined],
  ["80", undefined],
  ["c080", undefined],
  ["05", undefined],
])("bytes that begin with %s are %s", (hex, kind) => {
  expect(demultiplex(fromHex(hex))).toBe(kind);
});
