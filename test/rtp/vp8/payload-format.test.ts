import { describe, expect, it } from "vitest";
import { vp8Depacketizer } from "../../../src/rtp/vp8/depacketizer.ts";
import { Vp8Packetizer } from "../../../src/rtp/vp8/packetizer.ts";
import { parseVp8PayloadDescriptor, writeVp8PayloadDescriptor } from "../../../src/rtp/vp8/payload-descriptor.ts";
import { fromHex, toHex } from "../support/hex.ts";
import { SeededRandom } from "../support/seeded-random.ts";

describe("the VP8 payload descriptor", () => {
  it.each([
    ["the shortest", "10 aa", { nonReference: false, startsPartition: true, partitionIndex: 0, byteLength: 1 }],
    ["an inner partition", "23 aa", { nonReference: true, startsPartition: false, partitionIndex: 3, byteLength: 1 }],
    ["7 bits of picture id", "90 80 11 aa", { startsPartition: true, pictureId: 17, pictureIdBits: 7, byteLength: 3 }],
    ["15 bits of picture id", "90 80 92 34 aa", { pictureId: 0x1234, pictureIdBits: 15, byteLength: 4 }],
    [
      "temporal layers",
      "90 e0 80 11 07 60 aa",
      { pictureId: 17, tl0PicIdx: 7, temporalLayer: 1, layerSync: true, byteLength: 6 },
    ],
    ["a key index", "80 10 1f aa", { keyIndex: 31, byteLength: 3 }],
  ])("is read with %s", (_, hex, expected) => {
    expect(parseVp8PayloadDescriptor(fromHex(hex))).toMatchObject(expected);
  });

  it.each(["", "10", "90", "9080", "908011", "90809234", "90f0 9234 07", "90f0 9234 07 60"])(
    "is nothing when the payload ends inside or right after it: %s",
    (hex) => {
      expect(parseVp8PayloadDescriptor(fromHex(hex))).toBeUndefined();
    },
  );

  it("comes back from its bytes as it went in", () => {
    const random = new SeededRandom(6);
    for (let round = 0; round < 400; round += 1) {
      const pictureIdBits = random.pick([7, 15] as const);
      const descriptor = {
        nonReference: random.chance(0.5),
        startsPartition: random.chance(0.5),
        partitionIndex: random.integer(0, 7),
        ...(random.chance(0.5) && { pictureId: random.integer(0, 2 ** pictureIdBits - 1), pictureIdBits }),
        ...(random.chance(0.5) && { tl0PicIdx: random.integer(0, 255) }),
        ...(random.chance(0.5) && { temporalLayer: random.integer(0, 3), layerSync: random.chance(0.5) }),
        ...(random.chance(0.5) && { keyIndex: random.integer(0, 31) }),
      };
      const bytes = new Uint8Array(8);
      const byteLength = writeVp8PayloadDescriptor(bytes, 0, descriptor);
      expect(parseVp8PayloadDescriptor(bytes)).toEqual({ ...descriptor, byteLength });
    }
  });
});

describe("the VP8 payload format", () => {
  it("cuts a frame into equal parts with one picture id, and counts frames", () => {
    const packetizer = new Vp8Packetizer({ firstPictureId: 0x7fff });
    const cut = (hex: string): string[] => {
      const result = packetizer.packetize(fromHex(hex), { maxPayloadByteLength: 8 });
      return result.type === "packets" ? result.packets.map(toHex) : [];
    };
    expect(cut("000102030405")).toEqual(["9080ffff000102", "8080ffff030405"]);
    expect(cut("01")).toEqual(["9080800001"]);
    expect(cut("")).toEqual([]);
  });

  it("joins the parts of a frame and knows keyframes", () => {
    expect(vp8Depacketizer.depacketize(["9080ffff000102", "8080ffff030405"].map(fromHex))).toEqual({
      data: fromHex("000102030405"),
      keyframe: true,
      selfContained: true,
    });
    expect(vp8Depacketizer.depacketize([fromHex("1001")])).toMatchObject({ keyframe: false, selfContained: false });
  });

  it("accepts further partitions", () => {
    expect(vp8Depacketizer.depacketize(["10 00", "00 01", "11 02"].map(fromHex))?.data).toEqual(fromHex("000102"));
  });

  it.each([
    ["no payload", []],
    ["a frame without its beginning", ["00 aa"]],
    ["a frame that begins in an inner partition", ["11 aa"]],
    ["two beginnings", ["10 00", "10 00"]],
    ["a payload that ends in its descriptor", ["10 00", "9080"]],
  ])("refuses %s", (_, payloads) => {
    expect(vp8Depacketizer.depacketize(payloads.map(fromHex))).toBeUndefined();
  });

  it.each([
    ["10 00", true],
    ["10 01", false],
    ["00 00", false],
    ["11 00", false],
    ["9080ffff 10", true],
    ["10", false],
    ["", false],
  ])("sees whether %s begins a keyframe", (hex, begins) => {
    expect(vp8Depacketizer.beginsKeyframe(fromHex(hex))).toBe(begins);
  });

  it("puts together whatever the packetizer cut, behind any headroom", () => {
    const random = new SeededRandom(7);
    const packetizer = new Vp8Packetizer({ firstPictureId: 0 });
    for (let round = 0; round < 60; round += 1) {
      const data = random.bytes(random.integer(1, 5000));
      const headroom = random.integer(0, 40);
      const maxPayloadByteLength = random.pick([5, 100, 1100]);
      const result = packetizer.packetize(data, { headroom, maxPayloadByteLength });
      if (result.type !== "packets") throw new Error(result.type);
      const payloads = result.packets.map((packet) => packet.subarray(headroom));
      expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(maxPayloadByteLength);
      expect(toHex(vp8Depacketizer.depacketize(payloads)?.data ?? fromHex(""))).toBe(toHex(data));
    }
  });
});
