import { describe, expect, it } from "vitest";
import { compactNtp, msToCompactNtp, ntpFromWallMs } from "../../src/rtp/ntp-time.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";

const SENT_AT_MS = 1_700_000_000_000;

function block(delayMs: number, lastSenderReport = compactNtp(ntpFromWallMs(SENT_AT_MS))) {
  return {
    ssrc: 1,
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighestSequence: 0,
    jitter: 0,
    lastSenderReport,
    delaySinceLastSenderReport: msToCompactNtp(delayMs),
  };
}

describe("the round-trip time", () => {
  it("is what passed between our report and its answer, less the peer's delay", () => {
    const roundTrip = new RoundTripTime();
    expect(roundTrip.currentMs).toBeUndefined();
    roundTrip.handleReportBlock(block(400), SENT_AT_MS + 480);
    expect(roundTrip.currentMs).toBeCloseTo(80, 0);
  });

  it("is the example of RFC 3550 figure 2", () => {
    const roundTrip = new RoundTripTime();
    const wallMs = (0xb710 - 0xb705) * 1000 + 125;
    // 10 Nov 1995 11:33:36.5 as 0xb710:8000, LSR 0xb705:2000, DLSR 5.250 s: 6.125 s.
    const arrival = Math.floor((0xb44d_b710 - 2_208_988_800) * 1000) + 500;
    expect(wallMs).toBe(11_125);
    roundTrip.handleReportBlock(block(5250, 0xb705_2000), arrival);
    expect(roundTrip.currentMs).toBeCloseTo(6125, 0);
  });

  it("smooths, so that one late report does not count for all", () => {
    const roundTrip = new RoundTripTime();
    roundTrip.handleReportBlock(block(0), SENT_AT_MS + 40);
    roundTrip.handleReportBlock(block(0), SENT_AT_MS + 120);
    expect(roundTrip.currentMs).toBeCloseTo(60, 0);
  });

  it("is at least a millisecond, whatever the clocks say", () => {
    const roundTrip = new RoundTripTime();
    roundTrip.handleReportBlock(block(500), SENT_AT_MS + 499);
    expect(roundTrip.currentMs).toBe(1);
  });

  it("ignores blocks that answer no report, and impossible ones", () => {
    const roundTrip = new RoundTripTime();
    roundTrip.handleReportBlock(block(0, 0), SENT_AT_MS);
    roundTrip.handleReportBlock(block(0), SENT_AT_MS + 10_100);
    expect(roundTrip.currentMs).toBeUndefined();
  });
});
