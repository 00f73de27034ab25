import { expect, it } from "vitest";
import { readStats } from "../../src/client/live-stats.ts";

/** What Chromium reports, cut to what matters, `seconds` after the start. */
function report(seconds: number): Readonly<Record<string, unknown>>[] {
  return [
    { type: "codec", id: "C1", mimeType: "video/H264" },
    { type: "codec", id: "C2", mimeType: "audio/opus" },
    { type: "transport", id: "T", selectedCandidatePairId: "P2" },
    { type: "candidate-pair", id: "P1", currentRoundTripTime: 0.5, nominated: true, state: "succeeded" },
    { type: "candidate-pair", id: "P2", currentRoundTripTime: 0.012 },
    {
      type: "inbound-rtp",
      kind: "audio",
      codecId: "C2",
      timestamp: seconds * 1000,
      bytesReceived: seconds * 4000,
      packetsLost: -1,
    },
    {
      type: "inbound-rtp",
      kind: "video",
      codecId: "C1",
      timestamp: seconds * 1000,
      bytesReceived: seconds * 125_000,
      framesDecoded: seconds * 30,
      frameWidth: 640,
      frameHeight: 480,
      packetsLost: 3,
    },
    { type: "outbound-rtp", kind: "video", codecId: "C1", timestamp: seconds * 1000, bytesSent: seconds * 100_000 },
  ];
}

it("averages over the time since the reading before", () => {
  const first = readStats(report(10));
  expect(readStats(report(12), first.baseline).stats).toEqual({
    framesPerSecond: 30,
    roundTripMs: 12,
    width: 640,
    height: 480,
    inboundBitrate: 1_032_000,
    outboundBitrate: 800_000,
    codecs: ["H264", "opus"],
    packetsLost: 2,
  });
});

it("knows no rates at the first reading", () => {
  expect(readStats(report(10)).stats).toMatchObject({
    framesPerSecond: undefined,
    inboundBitrate: undefined,
    outboundBitrate: undefined,
    roundTripMs: 12,
  });
});

it("finds the round trip without a transport entry, as in Firefox", () => {
  const entries = report(1).filter(({ type }) => type !== "transport");
  expect(readStats(entries).stats.roundTripMs).toBe(500);
});

it("tells of the sent picture when none is received", () => {
  const sending = (framesSent: number, timestamp: number): Readonly<Record<string, unknown>>[] => [
    { type: "outbound-rtp", kind: "video", timestamp, framesSent, frameWidth: 1280, frameHeight: 720, bytesSent: 0 },
  ];
  const { baseline } = readStats(sending(0, 0));
  expect(readStats(sending(25, 1000), baseline).stats).toMatchObject({
    framesPerSecond: 25,
    width: 1280,
    height: 720,
    inboundBitrate: undefined,
  });
});

it("makes no number up from an empty report, nor from two at the same moment", () => {
  const { stats, baseline } = readStats([]);
  expect(stats).toEqual({
    framesPerSecond: undefined,
    roundTripMs: undefined,
    width: undefined,
    height: undefined,
    inboundBitrate: undefined,
    outboundBitrate: undefined,
    codecs: [],
    packetsLost: 0,
  });
  expect(readStats([], baseline).stats).toEqual(stats);
});
