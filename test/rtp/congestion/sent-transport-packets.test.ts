import { describe, expect, it } from "vitest";
import { SentTransportPackets } from "../../../src/rtp/congestion/sent-transport-packets.ts";
import type { TransportWideFeedback } from "../../../src/rtp/rtcp/transport-wide-feedback.ts";

function feedback(
  baseSequence: number,
  packetCount: number,
  arrivals: readonly (readonly [offset: number, ticks: number])[],
  referenceTime = 100,
): TransportWideFeedback {
  return {
    type: "transport-wide-feedback",
    senderSsrc: 1,
    mediaSsrc: 2,
    baseSequence,
    packetCount,
    referenceTime,
    feedbackCount: 0,
    arrivals: arrivals.map(([offset, ticks]) => ({ offset, ticks })),
  };
}

/** Ten packets, numbered from `first` across the wrap, one per 10 ms. */
function sent(first = 65_533): SentTransportPackets {
  const packets = new SentTransportPackets();
  for (let index = 0; index < 10; index += 1) {
    packets.add({ sequenceNumber: (first + index) & 0xffff, byteLength: 1000 + index, sentAtMs: index * 10 });
  }
  return packets;
}

const brief = (packets: SentTransportPackets, told: TransportWideFeedback): unknown =>
  packets.resultsOf(told).map(({ byteLength, arrivedAtMs }) => [byteLength, arrivedAtMs]);

describe("SentTransportPackets", () => {
  it("says of each packet whether it arrived and when, across the wrap of the numbers", () => {
    const told = feedback(65_533, 5, [
      [0, 0],
      [2, 40],
      [4, 42],
    ]);
    expect(brief(sent(), told)).toEqual([
      [1000, 0],
      [1001, undefined],
      [1002, 10],
      [1003, undefined],
      [1004, 10.5],
    ]);
  });

  it("goes on counting the peer's time when 24 bits of it wrap, forwards and backwards", () => {
    const packets = sent(0);
    expect(brief(packets, feedback(0, 1, [[0, 0]], 0xff_ffff))).toEqual([[1000, 0]]);
    expect(brief(packets, feedback(1, 1, [[1 - 1, 4]], 1))).toEqual([[1001, 129]]);
    expect(brief(packets, feedback(2, 1, [[0, 0]], 0))).toEqual([[1002, 64]]);
  });

  it("has no verdict on packets whose feedback was lost", () => {
    const packets = sent(0);
    packets.resultsOf(feedback(0, 2, [[0, 0]]));
    expect(brief(packets, feedback(6, 2, [[1, 0]]))).toEqual([
      [1006, undefined],
      [1007, 0],
    ]);
  });

  it("calls a packet lost once, and arrived if it came after all", () => {
    const packets = sent(0);
    expect(brief(packets, feedback(0, 3, [[2, 0]]))).toEqual([
      [1000, undefined],
      [1001, undefined],
      [1002, 0],
    ]);
    const again = feedback(0, 3, [
      [1, 0],
      [2, 0],
    ]);
    expect(brief(packets, again)).toEqual([[1001, 0]]);
  });

  it("takes no notice of packets that were never sent", () => {
    expect(brief(sent(0), feedback(40_000, 20_000, [[7, 0]]))).toEqual([]);
    expect(brief(sent(0), feedback(8, 100, [[50, 0]]))).toEqual([
      [1008, undefined],
      [1009, undefined],
    ]);
    expect(brief(new SentTransportPackets(), feedback(0, 1, [[0, 0]]))).toEqual([]);
  });
});
