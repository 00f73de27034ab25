import { describe, expect, it } from "vitest";
import { h264Depacketizer } from "../../../src/rtp/h264/depacketizer.ts";
import { findNalUnits } from "../../../src/rtp/h264/nal-unit.ts";
import { H264Packetizer } from "../../../src/rtp/h264/packetizer.ts";
import { nalUnit } from "../support/frames.ts";
import { concatBytes, fromHex, toHex } from "../support/hex.ts";
import { SeededRandom } from "../support/seeded-random.ts";

const random = new SeededRandom(5);

function packetize(
  frame: Uint8Array,
  options: { maxPayloadByteLength: number; packetizationMode?: 0 | 1; headroom?: number },
): string[] {
  const { packetizationMode = 1, ...rest } = options;
  const result = new H264Packetizer({ packetizationMode }).packetize(frame, rest);
  if (result.type !== "packets") throw new Error(result.type);
  return result.packets.map(toHex);
}

function depacketize(...payloads: string[]): { hex: string; keyframe: boolean; selfContained: boolean } | undefined {
  const frame = h264Depacketizer.depacketize(payloads.map(fromHex));
  return frame && { hex: toHex(frame.data), keyframe: frame.keyframe, selfContained: frame.selfContained };
}

describe("an Annex B byte stream", () => {
  it("is cut at start codes of three and four bytes, zeros around them left out", () => {
    const bytes = fromHex("00000001 6742 000001 68ce 00 00000001 65880001 00000000");
    expect(findNalUnits(bytes).map(({ start, end }) => toHex(bytes.subarray(start, end)))).toEqual([
      "6742",
      "68ce",
      "65880001",
    ]);
  });

  it.each([
    ["nothing", ""],
    ["no start code", "6742000068"],
    ["start codes only", "000001 00000001 000001"],
    ["a start code cut short", "0000"],
  ])("has no NAL unit in %s", (_, hex) => {
    expect(findNalUnits(fromHex(hex))).toEqual([]);
  });

  it("leaves out what stands before the first start code", () => {
    expect(findNalUnits(fromHex("ffff 000001 41"))).toEqual([{ start: 5, end: 6 }]);
  });

  it("is found the same as by the plainest search, in bytes full of zeros", () => {
    for (let round = 0; round < 800; round += 1) {
      const bytes = Uint8Array.from({ length: random.integer(0, 40) }, () => random.pick([0, 0, 1, 2]));
      const found = findNalUnits(bytes).map(({ start, end }) => toHex(bytes.subarray(start, end)));
      const plain = toHex(bytes)
        .replaceAll(/(..)/g, "$1 ")
        .split(/00 00 01 /)
        .slice(1)
        .map((part) => part.replace(/(00 )+$/, "").replaceAll(" ", ""))
        .filter((part) => part !== "");
      expect(found).toEqual(plain);
    }
  });
});

describe("the H.264 packetizer", () => {
  it("sends a NAL unit that fits as it is", () => {
    expect(packetize(fromHex("00000001 4188aabb"), { maxPayloadByteLength: 4 })).toEqual(["4188aabb"]);
  });

  it("sends parameter sets and a small IDR slice together (STAP-A), with the highest importance", () => {
    const frame = fromHex("00000001 276742 00000001 2868 00000001 6588aabb");
    expect(packetize(frame, { maxPayloadByteLength: 16 })).toEqual([
      "78 0003 276742 0002 2868 0004 6588aabb".replaceAll(" ", ""),
    ]);
  });

  it("sends parameter sets together in front of a large IDR slice, which it cuts into equal parts (FU-A)", () => {
    const frame = fromHex("00000001 6742 00000001 68ce 00000001 65 8801020304050607 08");
    expect(packetize(frame, { maxPayloadByteLength: 9 })).toEqual([
      "78 0002 6742 0002 68ce".replaceAll(" ", ""),
      "7c 85 8801020304".replaceAll(" ", ""),
      "7c 45 05060708".replaceAll(" ", ""),
    ]);
  });

  it("sends every NAL unit alone in packetization mode 0", () => {
    const frame = fromHex("00000001 6742 00000001 68ce 00000001 6588");
    expect(packetize(frame, { maxPayloadByteLength: 100, packetizationMode: 0 })).toEqual(["6742", "68ce", "6588"]);
  });

  it("refuses a NAL unit that does not fit in packetization mode 0", () => {
    const packetizer = new H264Packetizer({ packetizationMode: 0 });
    expect(packetizer.packetize(fromHex("00000001 6742 00000001 6588aabbcc"), { maxPayloadByteLength: 4 })).toEqual({
      type: "nal-unit-too-large",
      byteLength: 5,
      maxByteLength: 4,
    });
  });

  it("leaves headroom in front of every payload", () => {
    const frame = concatBytes(
      nalUnit(0x67, 10, random),
      nalUnit(0x68, 4, random),
      nalUnit(0x65, 3000, random),
      nalUnit(0x41, 40, random),
    );
    const bare = packetize(frame, { maxPayloadByteLength: 1000 });
    expect(bare).toHaveLength(6);
    expect(packetize(frame, { maxPayloadByteLength: 1000, headroom: 3 })).toEqual(bare.map((hex) => `000000${hex}`));
  });

  it("has nothing to send for a frame without NAL units", () => {
    expect(packetize(fromHex(""), { maxPayloadByteLength: 100 })).toEqual([]);
  });
});

describe("the H.264 depacketizer", () => {
  it("reads a single NAL unit", () => {
    expect(depacketize("4188aa")).toEqual({ hex: "000000014188aa", keyframe: false, selfContained: false });
  });

  it("reads STAP-A and FU-A as one keyframe", () => {
    expect(depacketize("78 0002 6742 0002 68ce", "7c 85 8801", "7c 05 02", "7c 45 03")).toEqual({
      hex: "00000001 6742 00000001 68ce 00000001 6588010203".replaceAll(" ", ""),
      keyframe: true,
      selfContained: true,
    });
  });

  it("tells an IDR slice without parameter sets from one with them", () => {
    expect(depacketize("6588")).toMatchObject({ keyframe: true, selfContained: false });
  });

  it("accepts a frame without any slice", () => {
    expect(depacketize("0605ff")).toMatchObject({ keyframe: false });
  });

  it.each([
    ["an empty payload", [""]],
    ["a forbidden bit", ["c188"]],
    ["a fragment without its beginning", ["7c 05 02", "7c 45 03"]],
    ["a fragment without its end", ["7c 85 8801", "7c 05 02"]],
    ["a NAL unit inside a fragmented one", ["7c 85 8801", "4188", "7c 45 02"]],
    ["fragments of different NAL units", ["7c 85 8801", "7c 41 02"]],
    ["a beginning inside a fragmented NAL unit", ["7c 85 8801", "7c 85 8801", "7c 45 02"]],
    ["an empty fragment", ["7c 85"]],
    ["an aggregate of nothing", ["78"]],
    ["an aggregate whose NAL unit runs past the end", ["78 0003 6742"]],
    ["an aggregate with an empty NAL unit", ["78 0000 0002 6742"]],
    ["an aggregate inside an aggregate", ["78 0002 7800"]],
    ["a picture whose first slice is missing", ["4140aa"]],
    ["interleaved packets", ["79 0000 0002 4188"]],
    ["a NAL unit type that RTP reserves", ["7e88"]],
  ])("refuses %s", (_, payloads) => {
    expect(depacketize(...payloads)).toBeUndefined();
  });

  it.each([
    ["67 42", true],
    ["78 0002 6742 0002 68ce", true],
    ["78 0002 0905 0002 6742", true],
    ["78 0002 68ce", false],
    ["65 88", false],
    ["7c 85 8801", false],
    ["", false],
    ["78 ffff", false],
  ])("sees whether %s begins a keyframe", (hex, begins) => {
    expect(h264Depacketizer.beginsKeyframe(fromHex(hex))).toBe(begins);
  });

  it("puts together whatever the packetizer cut, in every size", () => {
    for (let round = 0; round < 80; round += 1) {
      const nalUnits = Array.from({ length: random.integer(1, 6) }, (_, index) =>
        nalUnit(
          index === 0 ? 0x65 : random.pick([0x06, 0x41, 0x68]),
          random.pick([1, 2, 3, 20, 200, 2000]) + (index === 0 ? 1 : 0),
          random,
        ),
      );
      const frame = concatBytes(...nalUnits);
      const maxPayloadByteLength = random.pick([5, 30, 100, 1100]);
      const payloads = packetize(frame, { maxPayloadByteLength });
      expect(Math.max(...payloads.map(({ length }) => length / 2))).toBeLessThanOrEqual(maxPayloadByteLength);
      expect(depacketize(...payloads)?.hex).toBe(toHex(frame));
    }
  });
});
