import { describe, expect, it } from "vitest";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { ReceptionStats } from "../../src/rtp/reception-stats.ts";
import type { SenderReport } from "../../src/rtp/rtcp/sender-report.ts";

function packet(sequenceNumber: number, timestamp = sequenceNumber * 3000): RtpPacket {
  const bytes = serializeRtpPacket({
    payloadType: 96,
    sequenceNumber: sequenceNumber & 0xffff,
    timestamp: timestamp % 0x1_0000_0000,
    ssrc: 1,
    payload: new Uint8Array(1),
  });
  const parsed = parseRtpPacket(bytes);
  if (!parsed) throw new Error("a packet of our own was refused");
  return parsed;
}

function receive(stats: ReceptionStats, ...sequenceNumbers: readonly number[]): void {
  for (const sequenceNumber of sequenceNumbers) stats.handlePacket(packet(sequenceNumber), 0);
}

describe("the report about a stream", () => {
  it("counts what is missing, in all and since the report before", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    receive(stats, 1, 2, 4, 5);
    expect(stats.takeReportBlock(1, 0)).toMatchObject({
      fractionLost: 51,
      cumulativeLost: 1,
      extendedHighestSequence: 5,
    });
    receive(stats, 6, 7);
    expect(stats.takeReportBlock(1, 0)).toMatchObject({
      fractionLost: 0,
      cumulativeLost: 1,
      extendedHighestSequence: 7,
    });
  });

  it("forgives what comes late, and goes below zero for duplicates", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    receive(stats, 1, 3, 2, 2, 2);
    expect(stats.takeReportBlock(1, 0)).toMatchObject({ fractionLost: 0, cumulativeLost: -2 });
    expect(stats.cumulativeLost).toBe(-2);
    expect(stats.receivedCount).toBe(5);
  });

  it("counts the wraps of the sequence number", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    receive(stats, 65_534, 65_535, 65_537, 65_536, 65_538);
    expect(stats.takeReportBlock(1, 0)).toMatchObject({ cumulativeLost: 0, extendedHighestSequence: 0x1_0002 });
  });

  it("measures jitter as RFC 3550 does, by the first packet of each frame", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    // Frames 33.3 ms apart; the second comes 10 ms late, the third in time: twice a difference of 900 ticks.
    stats.handlePacket(packet(1, 3000), 100);
    stats.handlePacket(packet(2, 3000), 120);
    stats.handlePacket(packet(3, 6000), 100 + 100 / 3 + 10);
    stats.handlePacket(packet(4, 9000), 100 + 200 / 3);
    const expected = 900 / 16 + (900 - 900 / 16) / 16;
    expect(stats.takeReportBlock(1, 0).jitter).toBe(Math.floor(expected));
    expect(stats.jitterMs).toBeCloseTo(expected / 90);
  });

  it("sees no jitter where the timestamp wraps", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    stats.handlePacket(packet(1, 0xffff_ffff), 0);
    stats.handlePacket(packet(2, 0x1_0000_0000 + 2999), 100 / 3);
    expect(stats.jitterMs).toBe(0);
  });

  it("answers the sender's last report", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    receive(stats, 1);
    expect(stats.takeReportBlock(1, 50)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
    const report: SenderReport = {
      type: "sender-report",
      ssrc: 1,
      ntpTime: { seconds: 0xb44d_b705, fraction: 0x2000_0000 },
      rtpTimestamp: 0,
      packetCount: 0,
      octetCount: 0,
      reports: [],
    };
    stats.handleSenderReport(report, 1000);
    expect(stats.takeReportBlock(1, 6250)).toMatchObject({
      lastSenderReport: 0xb705_2000,
      delaySinceLastSenderReport: 0x0005_4000,
    });
  });

  it("says nothing wrong before any packet", () => {
    expect(new ReceptionStats({ clockRate: 90_000 }).takeReportBlock(9, 0)).toEqual({
      ssrc: 9,
      fractionLost: 0,
      cumulativeLost: 0,
      extendedHighestSequence: 0,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    });
  });
});

describe("a leap of sequence numbers", () => {
  it("is not believed from one packet, and is from two in a row", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    const verdicts = [100, 20_000, 101, 40_000, 40_001, 40_002].map((sequence) =>
      stats.handlePacket(packet(sequence), 0),
    );
    expect(verdicts).toEqual(["accepted", "suspect", "accepted", "suspect", "restarted", "accepted"]);
    expect(stats.takeReportBlock(1, 0)).toMatchObject({ cumulativeLost: 0, extendedHighestSequence: 40_002 });
  });

  it("backwards is a restart too, and retransmissions are not", () => {
    const stats = new ReceptionStats({ clockRate: 90_000 });
    const verdicts = [30_000, 28_000, 20_000, 20_001].map((sequence) => stats.handlePacket(packet(sequence), 0));
    expect(verdicts).toEqual(["accepted", "accepted", "suspect", "restarted"]);
  });
});
