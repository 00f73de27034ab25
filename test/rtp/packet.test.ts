import { describe, expect, it } from "vitest";
import { findHeaderExtension } from "../../src/rtp/header-extension-block.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { fromHex, toHex } from "./support/hex.ts";
import { SeededRandom } from "./support/seeded-random.ts";

describe("an RTP packet", () => {
  it("is read with every part of its header", () => {
    const bytes = fromHex(`
      b2 e6 1234 89abcdef deadbeef
      00000001 ffffffff
      bede 0002  10 30  22 010203  00 00
      616263
      000003
    `);
    const packet = parseRtpPacket(bytes);
    expect(packet).toEqual({
      marker: true,
      payloadType: 102,
      sequenceNumber: 0x1234,
      timestamp: 0x89abcdef,
      ssrc: 0xdeadbeef,
      csrcs: [1, 0xffff_ffff],
      extensionProfile: 0xbede,
      extensionStart: 24,
      extensionEnd: 32,
      payload: fromHex("616263"),
      paddingByteLength: 3,
      bytes,
    });
  });

  it("shares its memory with the views of it", () => {
    const bytes = fromHex("8066 0001 00000000 00000001 aabb");
    const packet = parseRtpPacket(bytes);
    bytes[12] = 0xcc;
    expect(packet && toHex(packet.payload)).toBe("ccbb");
  });

  it("may hold nothing but padding", () => {
    const packet = parseRtpPacket(fromHex("a066 0001 00000000 00000001 00000004"));
    expect(packet?.payload).toHaveLength(0);
    expect(packet?.paddingByteLength).toBe(4);
  });

  it.each([
    ["nothing", ""],
    ["eleven bytes", "8066 0001 00000000 000000"],
    ["version 1", "4066 0001 00000000 00000001 aabb"],
    ["CSRCs past the end", "8266 0001 00000000 00000001 00000001"],
    ["an extension head past the end", "9066 0001 00000000 00000001 bede"],
    ["an extension past the end", "9066 0001 00000000 00000001 bede0002 10300000"],
    ["a padding count of zero", "a066 0001 00000000 00000001 aabb00"],
    ["more padding than payload", "a066 0001 00000000 00000001 aabb04"],
  ])("is not %s", (_, hex) => {
    expect(parseRtpPacket(fromHex(hex))).toBeUndefined();
  });

  it("comes back from its bytes as it went in", () => {
    const random = new SeededRandom(2);
    for (let round = 0; round < 300; round += 1) {
      const maxExtensionBytes = random.pick([16, 255]);
      const init = {
        marker: random.chance(0.5),
        payloadType: random.integer(0, 127),
        sequenceNumber: random.integer(0, 0xffff),
        timestamp: random.integer(0, 0xffff_ffff),
        ssrc: random.integer(0, 0xffff_ffff),
        csrcs: Array.from({ length: random.integer(0, 15) }, () => random.integer(0, 0xffff_ffff)),
        extensions: Array.from({ length: random.integer(0, 4) }, (_, index) => ({
          id: 1 + index * random.integer(1, 4),
          value: random.bytes(random.integer(1, maxExtensionBytes)),
        })).filter(({ id }, index, all) => all.findIndex((other) => other.id === id) === index),
        payload: random.bytes(random.integer(0, 100)),
        paddingByteLength: random.chance(0.3) ? random.integer(1, 255) : 0,
      };
      const packet = parseRtpPacket(serializeRtpPacket(init));
      expect(packet).toMatchObject({
        marker: init.marker,
        payloadType: init.payloadType,
        sequenceNumber: init.sequenceNumber,
        timestamp: init.timestamp,
        ssrc: init.ssrc,
        csrcs: init.csrcs,
        payload: init.payload,
        paddingByteLength: init.paddingByteLength,
      });
      for (const { id, value } of init.extensions) {
        expect(packet && findHeaderExtension(packet, id)).toEqual(value);
      }
    }
  });
});
