import { describe, expect, it } from "vitest";
import { ntpFromWallMs } from "../../src/rtp/ntp-time.ts";
import { SentStats } from "../../src/rtp/sent-stats.ts";

describe("a sender report", () => {
  it("does not exist before anything was sent", () => {
    expect(new SentStats({ ssrc: 1, clockRate: 90_000, wallOffsetMs: 0 }).report(0)).toBeUndefined();
  });

  it("maps the time of the report to the RTP clock and counts what was sent", () => {
    const stats = new SentStats({ ssrc: 7, clockRate: 90_000, wallOffsetMs: 1_700_000_000_000 });
    stats.handleFrame(0xffff_ffff, 1000);
    stats.handlePacket(1000);
    stats.handlePacket(400);
    expect(stats.report(1500)).toEqual({
      type: "sender-report",
      ssrc: 7,
      ntpTime: ntpFromWallMs(1_700_000_001_500),
      rtpTimestamp: 44_999,
      packetCount: 2,
      octetCount: 1400,
      reports: [],
    });
  });
});
