import { describe, expect, it } from "vitest";
import { parseRtcp, type RtcpPacket, serializeRtcp, serializeRtcpPacket } from "../../../src/rtp/rtcp/compound.ts";
import { fromHex, toHex } from "../support/hex.ts";
import { SeededRandom } from "../support/seeded-random.ts";

/** Each packet beside its bytes, laid out by hand from the figures of the RFCs. */
const VECTORS: readonly (readonly [document: string, packet: RtcpPacket, hex: string])[] = [
  [
    "RFC 3550 §6.4.1",
    {
      type: "sender-report",
      ssrc: 0x01020304,
      ntpTime: { seconds: 0xb44db705, fraction: 0x20000000 },
      rtpTimestamp: 0xfffffff0,
      packetCount: 7,
      octetCount: 1400,
      reports: [
        {
          ssrc: 0x0a0b0c0d,
          fractionLost: 64,
          cumulativeLost: -2,
          extendedHighestSequence: 0x0001_0005,
          jitter: 90,
          lastSenderReport: 0xb7052000,
          delaySinceLastSenderReport: 0x00054000,
        },
      ],
    },
    `81 c8 000c 01020304 b44db705 20000000 fffffff0 00000007 00000578
     0a0b0c0d 40 fffffe 00010005 0000005a b7052000 00054000`,
  ],
  ["RFC 3550 §6.4.2", { type: "receiver-report", ssrc: 0x01020304, reports: [] }, "80 c9 0001 01020304"],
  [
    "RFC 3550 §6.5",
    {
      type: "source-description",
      sources: [{ ssrc: 1, cname: "a@b" }, { ssrc: 2, cname: "ab" }, { ssrc: 3 }],
    },
    `83 ca 0008 00000001 01 03 614062 000000  00000002 01 02 6162 00000000  00000003 00000000`,
  ],
  ["RFC 3550 §6.6", { type: "goodbye", ssrcs: [1, 2] }, "82 cb 0002 00000001 00000002"],
  [
    "RFC 4585 §6.2.1",
    { type: "nack", senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [65530, 65531, 10, 11, 100] },
    "81 cd 0005 00000001 00000002  fffa 8001  000b 0000  0064 0000",
  ],
  ["RFC 4585 §6.3.1", { type: "picture-loss-indication", senderSsrc: 1, mediaSsrc: 2 }, "81 ce 0002 00000001 00000002"],
  [
    "RFC 5104 §4.3.1",
    { type: "full-intra-request", senderSsrc: 1, entries: [{ ssrc: 9, sequenceNumber: 255 }] },
    "84 ce 0004 00000001 00000000 00000009 ff000000",
  ],
  [
    "draft-alvestrand-rmcat-remb-03 §2.2",
    { type: "remb", senderSsrc: 1, bitrateBps: 0x3ffff * 4, ssrcs: [9, 10] },
    "8f ce 0006 00000001 00000000 52454d42 02 0bffff 00000009 0000000a",
  ],
];

describe("RTCP", () => {
  it.each(VECTORS)("%s is written as its figure shows", (_, packet, hex) => {
    expect(toHex(serializeRtcpPacket(packet))).toBe(toHex(fromHex(hex)));
  });

  it.each(VECTORS)("%s is read as its figure shows", (_, packet, hex) => {
    expect(parseRtcp(fromHex(hex))).toEqual([packet]);
  });

  it("reads all packets of a compound one, and skips those it does not know", () => {
    const app = "80 cc 0003 00000001 74657374 00000000";
    const extendedReport = "80 cf 0001 00000001";
    const transportLayerFeedback = "85 cd 0003 00000001 00000002 00000000";
    const strangeApplicationFeedback = "8f ce 0003 00000001 00000002 00000000";
    const sliceLoss = "82 ce 0003 00000001 00000002 00000000";
    const known = VECTORS.map(([, , hex]) => hex);
    const [first, ...rest] = known;
    const hex = [
      first,
      app,
      extendedReport,
      transportLayerFeedback,
      strangeApplicationFeedback,
      sliceLoss,
      ...rest,
    ].join("");
    expect(parseRtcp(fromHex(hex))).toEqual(VECTORS.map(([, packet]) => packet));
  });

  it("reads a reduced-size packet", () => {
    expect(parseRtcp(fromHex("81 ce 0002 00000001 00000002"))).toHaveLength(1);
  });

  it("leaves padding out", () => {
    expect(parseRtcp(fromHex("a1 cb 0002 00000001 00000004"))).toEqual([{ type: "goodbye", ssrcs: [1] }]);
  });

  it("keeps nothing of SDES but the canonical name", () => {
    const hex = "81 ca 0005 00000001 02 04 6e616d65 01 02 6162 00000000 00000000".replaceAll(" ", "").slice(0, 48);
    expect(parseRtcp(fromHex(hex))).toEqual([{ type: "source-description", sources: [{ ssrc: 1, cname: "ab" }] }]);
  });

  it("reads a goodbye with a reason", () => {
    expect(parseRtcp(fromHex("81 cb 0002 00000001 03627965"))).toEqual([{ type: "goodbye", ssrcs: [1] }]);
  });

  it.each([
    ["nothing", ""],
    ["three bytes", "80c900"],
    ["version 1", "40c9000100000001"],
    ["a length past the end", "80c9000200000001"],
    ["a second packet cut short", "80c9000100000001 80c90001"],
    ["more padding than packet", "a0c9000100000005"],
    ["a padding count of zero", "a0c9000100000000"],
  ])("is not %s", (_, hex) => {
    expect(parseRtcp(fromHex(hex))).toBeUndefined();
  });

  it.each([
    [
      "a sender report with fewer blocks than it counts",
      "81 c8 0006 01020304 b44db705 20000000 fffffff0 00000007 00000578",
    ],
    ["a receiver report without an SSRC", "80 c9 0000"],
    ["SDES whose item runs past the end", "81 ca 0002 00000001 01096162"],
    ["SDES without an end", "81 ca 0002 00000001 01026162"],
    ["SDES with fewer chunks than it counts", "81 ca 0000"],
    ["a goodbye with fewer sources than it counts", "82 cb 0001 00000001"],
    ["a NACK of nothing", "81 cd 0002 00000001 00000002"],
    ["a PLI without a media source", "81 ce 0001 00000001"],
    ["a FIR of nobody", "84 ce 0002 00000001 00000000"],
    ["a REMB with fewer sources than it counts", "8f ce 0004 00000001 00000000 52454d42 01 0bffff"],
  ])("leaves out %s and keeps its neighbours", (_, hex) => {
    const neighbour = "80 c9 0001 01020304";
    expect(parseRtcp(fromHex(`${neighbour} ${hex} ${neighbour}`))).toEqual([
      { type: "receiver-report", ssrc: 0x01020304, reports: [] },
      { type: "receiver-report", ssrc: 0x01020304, reports: [] },
    ]);
  });

  it("carries any list of lost packets in rising order through NACK", () => {
    const random = new SeededRandom(3);
    for (let round = 0; round < 200; round += 1) {
      let sequence = random.integer(0, 0xffff);
      const sequenceNumbers = Array.from({ length: random.integer(1, 80) }, () => {
        sequence = (sequence + random.pick([1, 1, 2, 16, 17, 300])) & 0xffff;
        return sequence;
      });
      const packet: RtcpPacket = { type: "nack", senderSsrc: 1, mediaSsrc: 2, sequenceNumbers };
      expect(parseRtcp(serializeRtcpPacket(packet))).toEqual([packet]);
    }
  });

  it("asks once for a packet that is listed twice", () => {
    const packet: RtcpPacket = { type: "nack", senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [5, 5, 6, 6] };
    expect(parseRtcp(serializeRtcpPacket(packet))).toEqual([{ ...packet, sequenceNumbers: [5, 6] }]);
  });

  it("keeps 18 bits of a REMB's bitrate", () => {
    const random = new SeededRandom(4);
    for (let round = 0; round < 200; round += 1) {
      const bitrateBps = Math.floor(2 ** (random.next() * 40));
      const [packet] = parseRtcp(serializeRtcpPacket({ type: "remb", senderSsrc: 1, bitrateBps, ssrcs: [] })) ?? [];
      const kept = packet?.type === "remb" ? packet.bitrateBps : Number.NaN;
      expect(kept).toBeLessThanOrEqual(bitrateBps);
      expect(kept).toBeGreaterThan(bitrateBps * (1 - 2 ** -17) - 1);
    }
  });
});

describe("a datagram to send", () => {
  const pli: RtcpPacket = { type: "picture-loss-indication", senderSsrc: 7, mediaSsrc: 2 };
  const report: RtcpPacket = { type: "receiver-report", ssrc: 7, reports: [] };
  const description: RtcpPacket = { type: "source-description", sources: [{ ssrc: 7, cname: "me" }] };

  it("begins with a report and names its source", () => {
    expect(parseRtcp(serializeRtcp([pli], { ssrc: 7, cname: "me" }))).toEqual([report, description, pli]);
  });

  it("adds only what is missing", () => {
    expect(parseRtcp(serializeRtcp([report, pli], { ssrc: 7, cname: "me" }))).toEqual([report, description, pli]);
    expect(parseRtcp(serializeRtcp([report, description], { ssrc: 7, cname: "me" }))).toEqual([report, description]);
  });

  it("holds the packets alone when reduced size was agreed", () => {
    expect(parseRtcp(serializeRtcp([pli], { ssrc: 7, cname: "me", reducedSize: true }))).toEqual([pli]);
  });
});
