import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readRelayedPacket, withRelayedPacket } from "../../../src/protocol/stun/relayed-packet.ts";
import { RFC_5769_REQUEST } from "./checks.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
/** ChannelData of RFC 8656 section 12.4: channel 0x4001, five bytes, and the padding that TCP would have. */
const CHANNEL_DATA = hex("400100050102030405000000");

/** A Data indication of RFC 8656 section 11.4 for five bytes: XOR-PEER-ADDRESS, DATA, FINGERPRINT. */
function dataIndication(payload: string): Buffer {
  const message = hex(
    `001700202112a442b7e7a701bc34d686fa87dfae001200080001a147e112a64300130005${payload}00000080280004`,
  );
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(message.subarray(0, -4)) ^ 0x5354554e) >>> 0);
  return Buffer.concat([message, sum]);
}

describe("what a TURN server passes on", () => {
  it.each([
    ["ChannelData", CHANNEL_DATA, 4],
    ["a Data indication", dataIndication("0102030405"), 36],
  ])("is found in %s", (_what, bytes, offset) => {
    const relayed = readRelayedPacket(bytes);
    expect([relayed?.offset, Buffer.from(relayed?.packet ?? []).toString("hex")]).toEqual([offset, "0102030405"]);
  });

  it("is replaced by as many other bytes, and the fingerprint is right again", () => {
    for (const [before, after] of [
      [CHANNEL_DATA, hex("400100050505050505000000")],
      [dataIndication("0102030405"), dataIndication("0505050505")],
    ] as const) {
      const relayed = readRelayedPacket(before);
      if (!relayed) throw new Error("not found");
      expect(Buffer.from(withRelayedPacket(before, relayed, new Uint8Array(5).fill(5)))).toEqual(after);
    }
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["ChannelData that is cut short", CHANNEL_DATA.subarray(0, 8)],
    ["a request", RFC_5769_REQUEST],
  ])("is not looked for in %s", (_what, bytes) => {
    expect(readRelayedPacket(bytes)).toBeUndefined();
  });
});
