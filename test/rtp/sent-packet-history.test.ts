import { describe, expect, it } from "vitest";
import { SentPacketHistory } from "../../src/rtp/sent-packet-history.ts";

const packet = (tag: number): Uint8Array => Uint8Array.of(tag);
const at = (nowMs: number, roundTripMs = 50): { nowMs: number; roundTripMs: number } => ({ nowMs, roundTripMs });

describe("the history of sent packets", () => {
  it("gives a packet back", () => {
    const history = new SentPacketHistory();
    history.add(packet(1), { sequenceNumber: 65_535, nowMs: 0 });
    history.add(packet(2), { sequenceNumber: 0, nowMs: 0 });
    expect([65_535, 0, 1].map((sequence) => history.takeForResend(sequence, at(10)))).toEqual([
      packet(1),
      packet(2),
      undefined,
    ]);
  });

  it("does not give a packet twice within a round trip", () => {
    const history = new SentPacketHistory();
    history.add(packet(1), { sequenceNumber: 7, nowMs: 0 });
    expect([10, 59, 60].map((nowMs) => history.takeForResend(7, at(nowMs)) !== undefined)).toEqual([true, false, true]);
  });

  it("gives a packet ten times at most", () => {
    const history = new SentPacketHistory();
    history.add(packet(1), { sequenceNumber: 7, nowMs: 0 });
    const given = Array.from({ length: 20 }, (_, index) => history.takeForResend(7, at(index, 1))).filter(Boolean);
    expect(given).toHaveLength(10);
  });

  it("forgets packets that are too old", () => {
    const history = new SentPacketHistory({ maxAgeMs: 1000 });
    history.add(packet(1), { sequenceNumber: 7, nowMs: 0 });
    history.add(packet(2), { sequenceNumber: 8, nowMs: 1001 });
    expect(history.takeForResend(7, at(1001))).toBeUndefined();
    expect(history.takeForResend(8, at(2001))).toEqual(packet(2));
    expect(history.takeForResend(8, at(2002))).toBeUndefined();
  });

  it("keeps the last 1024 packets", () => {
    const history = new SentPacketHistory();
    for (let count = 0; count < 70_000; count += 1) {
      history.add(packet(count & 0xff), { sequenceNumber: count & 0xffff, nowMs: 0 });
    }
    const last = (70_000 - 1) & 0xffff;
    expect(history.takeForResend(last - 1023, at(1))).toEqual(packet((70_000 - 1024) & 0xff));
    expect(history.takeForResend(last - 1024, at(1))).toBeUndefined();
  });
});
