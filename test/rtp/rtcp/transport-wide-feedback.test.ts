import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseRtcp, serializeRtcpPacket } from "../../../src/rtp/rtcp/compound.ts";
import type { TransportWideFeedback } from "../../../src/rtp/rtcp/transport-wide-feedback.ts";
import { fromHex, toHex } from "../support/hex.ts";
import { SeededRandom } from "../support/seeded-random.ts";

const CAPTURE = new URL("../../captures/chromium-transport-feedback.jsonl", import.meta.url);

/** Each feedback packet of a capture, alone. */
function capturedFeedback(): Uint8Array[] {
  const [, ...lines] = readFileSync(CAPTURE, "utf8").trim().split("\n");
  return lines.flatMap((line) => {
    const { kind, hex } = JSON.parse(line) as { kind: string; hex: string };
    if (kind !== "rtcp") return [];
    const datagram = fromHex(hex);
    const found: Uint8Array[] = [];
    for (let at = 0; at < datagram.length;) {
      const end = at + 4 * (((datagram[at + 2] ?? 0) << 8) + (datagram[at + 3] ?? 0) + 1);
      if (datagram[at + 1] === 205 && ((datagram[at] ?? 0) & 31) === 15) found.push(datagram.subarray(at, end));
      at = end;
    }
    return found;
  });
}

function feedback(init: Partial<TransportWideFeedback>): TransportWideFeedback {
  return {
    type: "transport-wide-feedback",
    senderSsrc: 1,
    mediaSsrc: 2,
    baseSequence: 100,
    packetCount: 1,
    referenceTime: 7,
    feedbackCount: 3,
    arrivals: [],
    ...init,
  };
}

/** A packet with this behind the fixed part: chunks and deltas. */
function withBody(packetCount: number, body: string): Uint8Array {
  const count = packetCount.toString(16).padStart(4, "0");
  const bytes = fromHex(`8fcd0000 00000001 00000002 0064${count} 00000703 ${body}`);
  bytes[3] = bytes.length / 4 - 1;
  return bytes;
}

const read = (bytes: Uint8Array): unknown => parseRtcp(bytes)?.[0];

describe("transport-wide feedback", () => {
  it("is read from Chromium's bytes", () => {
    const [first] = capturedFeedback();
    expect(toHex(first ?? new Uint8Array())).toBe("afcd0007ffe5afd5254a781f0002000900455900bce0a21d2020271110000003");
    expect(read(first ?? new Uint8Array())).toEqual({
      type: "transport-wide-feedback",
      senderSsrc: 0xffe5afd5,
      mediaSsrc: 0x254a781f,
      baseSequence: 2,
      packetCount: 9,
      referenceTime: 0x4559,
      feedbackCount: 0,
      // Of nine packets the fifth and the sixth have not arrived.
      arrivals: [
        { offset: 0, ticks: 162 },
        { offset: 1, ticks: 191 },
        { offset: 2, ticks: 223 },
        { offset: 3, ticks: 255 },
        { offset: 6, ticks: 294 },
        { offset: 7, ticks: 311 },
        { offset: 8, ticks: 327 },
      ],
    });
  });

  it("is written as Chromium writes it, bit by bit", () => {
    const captured = capturedFeedback();
    expect(captured.length).toBeGreaterThan(20);
    for (const bytes of captured) {
      const [packet] = parseRtcp(bytes) ?? [];
      expect(packet && toHex(serializeRtcpPacket(packet))).toBe(toHex(bytes));
    }
  });

  it("reads every kind of chunk of the draft", () => {
    // §3.1.3: a run of 3 packets with small deltas.
    expect(read(withBody(3, "2003 010203 000000"))).toMatchObject({
      arrivals: [
        { offset: 0, ticks: 1 },
        { offset: 1, ticks: 3 },
        { offset: 2, ticks: 6 },
      ],
    });
    // §3.1.3, second example: 24 packets that did not arrive, then one.
    expect(read(withBody(25, "0018 2001 09 000000"))).toMatchObject({ arrivals: [{ offset: 24, ticks: 9 }] });
    // §3.1.4, first example: one bit each, 0 11111 0001 11 00.
    expect(read(withBody(14, "9f1c 0101010101010101 0000"))).toMatchObject({
      arrivals: [1, 2, 3, 4, 5, 9, 10, 11].map((offset, index) => ({ offset, ticks: index + 1 })),
    });
    // §3.1.4, second example: two bits each, 00 11 would be reserved, so 00 01 01 01 01 00 10.
    expect(read(withBody(7, "c552 01010101 fffe"))).toMatchObject({
      arrivals: [1, 2, 3, 4, 6].map((offset, index) => ({ offset, ticks: index === 4 ? 2 : index + 1 })),
    });
  });

  it.each([
    ["chunks are missing", withBody(20, "2003 0102")],
    ["times are missing", withBody(4, "2004 0102")],
    ["a status is reserved", withBody(3, "6003 0102")],
    ["a status in a vector is reserved", withBody(7, "f000 0102")],
    ["a run is empty", withBody(3, "2000 0102")],
    ["it is about no packet", withBody(0, "2003 0102")],
    ["a run promises more packets than there are bytes", withBody(8191, "3fff 0102")],
  ])("is refused when %s", (_reason, bytes) => {
    expect(parseRtcp(bytes)).toEqual([]);
  });

  it("takes a long run of lost packets without effort", () => {
    expect(read(withBody(65_535, "1fff 1fff 1fff 1fff 1fff 1fff 1fff 1fff 0007 0000"))).toMatchObject({
      packetCount: 65_535,
      arrivals: [],
    });
  });

  it("survives writing and reading, whatever arrived and when", () => {
    const random = new SeededRandom(5);
    for (let round = 0; round < 2000; round += 1) {
      const packetCount = random.integer(1, random.pick([3, 14, 40, 400]));
      const lossless = random.chance(0.3);
      const share = lossless ? 1 : random.next();
      let ticks = random.integer(0, 255);
      const arrivals = Array.from({ length: packetCount }, (_, offset) => offset)
        .filter(() => random.chance(share))
        .map((offset) => {
          ticks += random.chance(0.1) ? random.integer(-500, 5000) : random.integer(0, 40);
          return { offset, ticks };
        });
      const packet = feedback({
        packetCount,
        arrivals,
        baseSequence: random.integer(0, 65_535),
        referenceTime: random.integer(0, 0xff_ffff),
      });
      const bytes = serializeRtcpPacket(packet);
      expect(bytes.length % 4).toBe(0);
      expect(read(bytes)).toEqual(packet);
    }
  });
});
