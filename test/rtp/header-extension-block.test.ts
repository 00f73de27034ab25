import { describe, expect, it } from "vitest";
import { findHeaderExtension, writeHeaderExtensions } from "../../src/rtp/header-extension-block.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import { fromHex, toHex } from "./support/hex.ts";

function find(extensionHex: string, id: number): string | undefined {
  const packet = parseRtpPacket(fromHex(`9066 0001 00000000 00000001 ${extensionHex}`));
  if (!packet) throw new Error("not an RTP packet");
  const value = findHeaderExtension(packet, id);
  return value && toHex(value);
}

describe("header extensions", () => {
  // The layout of the example in RFC 8285 §4.2: one byte, padding in between, two bytes, four bytes.
  const oneByte = "bede 0003  10 a1  21 b1b2  00 00  33 c1c2c3c4";

  it.each([
    [1, "a1"],
    [2, "b1b2"],
    [3, "c1c2c3c4"],
    [4, undefined],
  ])("with one-byte headers hold element %i", (id, value) => {
    expect(find(oneByte, id)).toBe(value);
  });

  // As in RFC 8285 §4.3: elements of no, one and four bytes, with padding.
  const twoByte = "1000 0003  01 00  02 01 b1  00 03 04  c1c2c3c4";

  it.each([
    [1, ""],
    [2, "b1"],
    [3, "c1c2c3c4"],
    [4, undefined],
  ])("with two-byte headers hold element %i", (id, value) => {
    expect(find(twoByte, id)).toBe(value);
  });

  it("end where an element has the reserved id 15", () => {
    expect(find("bede 0002  10 a1  f0 b1  20 c1 0000", 1)).toBe("a1");
    expect(find("bede 0002  10 a1  f0 b1  20 c1 0000", 2)).toBeUndefined();
  });

  it("end where an element runs past the extension", () => {
    expect(find("bede 0001  10 a1  2f c1", 2)).toBeUndefined();
    expect(find("1000 0001  01 01  a1 02", 2)).toBeUndefined();
    expect(find("1000 0001  01 00  02 03", 2)).toBeUndefined();
  });

  it("of another profile hold nothing that we can read", () => {
    expect(find("abac 0001 10a10000", 1)).toBeUndefined();
  });

  it("are written with one-byte headers when all fit them", () => {
    const target = new Uint8Array(12).fill(0xff);
    const end = writeHeaderExtensions(target, 0, [
      { id: 1, value: fromHex("a1") },
      { id: 14, value: fromHex("b1b2") },
    ]);
    expect(toHex(target.subarray(0, end))).toBe("bede000210a1e1b1b2000000");
  });

  it.each([
    ["an id above 14", { id: 15, value: fromHex("a1") }, "100000010f01a100"],
    ["an empty value", { id: 3, value: fromHex("") }, "1000000103000000"],
    ["17 bytes", { id: 3, value: fromHex("aa".repeat(17)) }, `10000005 0311 ${"aa".repeat(17)} 00`.replaceAll(" ", "")],
  ])("are written with two-byte headers for %s", (_, element, hex) => {
    const target = new Uint8Array(64);
    const end = writeHeaderExtensions(target, 0, [element]);
    expect(toHex(target.subarray(0, end))).toBe(hex);
  });

  it("take no bytes when there are none", () => {
    expect(writeHeaderExtensions(new Uint8Array(0), 0, [])).toBe(0);
  });
});
