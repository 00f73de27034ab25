import { describe, expect, it } from "vitest";
import { TRANSPORT_BITRATE_LIMITS } from "../../src/rtp/bitrate-limits.ts";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { PacketSender } from "../../src/rtp/packet-sender.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import type { RtcpPacket } from "../../src/rtp/rtcp/compound.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";

const EXTENSIONS = new HeaderExtensionMap([[2, HEADER_EXTENSION_URIS.transportSequenceNumber]]);

function packet(byteLength: number): Uint8Array {
  return serializeRtpPacket({
    payloadType: 102,
    sequenceNumber: 1,
    timestamp: 1,
    ssrc: 1,
    extensions: EXTENSIONS.elements("transportSequenceNumber", 0),
    payload: new Uint8Array(byteLength),
  });
}

function setUp({ estimates = true } = {}) {
  const left: (number | undefined)[] = [];
  let flushes = 0;
  const sender = new PacketSender({
    extensions: EXTENSIONS,
    roundTripTime: new RoundTripTime(),
    limits: estimates ? TRANSPORT_BITRATE_LIMITS : undefined,
    makePadding: () => undefined,
    send: (bytes) => {
      const parsed = parseRtpPacket(bytes);
      left.push(parsed && EXTENSIONS.read(parsed, "transportSequenceNumber"));
    },
    onFlush: () => (flushes += 1),
  });
  return { sender, left, flushes: () => flushes };
}

describe("PacketSender", () => {
  it("lets packets out as they come, numbered, when the peer gives no feedback", () => {
    const { sender, left } = setUp({ estimates: false });
    sender.send([packet(1000), packet(1000)], "video", 0);
    sender.send([packet(100)], "audio", 0);
    expect(left).toEqual([0, 1, 2]);
    expect([sender.videoBpsAt(0), sender.isBehind(0), sender.nextTimerMs, sender.statsAt(0)]).toEqual([
      undefined,
      false,
      undefined,
      undefined,
    ]);
  });

  it("goes by loss and REMB alone when the peer reports, but never by the feedback that it agreed to", () => {
    const { sender, left } = setUp();
    const report: RtcpPacket = { type: "receiver-report", ssrc: 1, reports: [] };
    for (let nowMs = 0; nowMs < 1900; nowMs += 33) {
      sender.send([packet(1000)], "video", nowMs);
      sender.handleTimer(nowMs);
      sender.handleRtcp(report, nowMs);
    }
    expect(sender.videoBpsAt(1900)).toBeGreaterThan(0);
    sender.handleRtcp(report, 2000);
    const count = left.length;
    sender.send([packet(1000)], "video", 2001);
    sender.handleTimer(2002);
    expect([sender.videoBpsAt(2002), sender.estimateBps, left.length - count]).toEqual([undefined, undefined, 1]);
  });

  it("goes on estimating when feedback has come once, and stays careful when nothing comes at all", () => {
    const { sender } = setUp();
    const startBps = sender.estimateBps ?? 0;
    for (let nowMs = 0; nowMs < 6000; nowMs += 33) {
      sender.send([packet(1000)], "video", nowMs);
      sender.handleTimer(nowMs);
    }
    expect(sender.estimateBps).toBeLessThan(startBps / 4);
    const told = setUp().sender;
    told.send([packet(1000)], "video", 0);
    told.handleRtcp(
      {
        type: "transport-wide-feedback",
        senderSsrc: 1,
        mediaSsrc: 1,
        baseSequence: 0,
        packetCount: 1,
        referenceTime: 0,
        feedbackCount: 0,
        arrivals: [{ offset: 0, ticks: 0 }],
      },
      50,
    );
    told.handleRtcp({ type: "receiver-report", ssrc: 1, reports: [] }, 5000);
    expect(told.estimateBps).toBeGreaterThan(0);
  });

  it("numbers packets in the order in which they leave, not in which they came", () => {
    const { sender, left } = setUp();
    sender.send(
      Array.from({ length: 30 }, () => packet(1000)),
      "video",
      0,
    );
    sender.send([packet(100)], "audio", 1);
    for (let nowMs = 1; left.length < 31; nowMs += 1) sender.handleTimer(nowMs);
    expect(left).toEqual(Array.from({ length: 31 }, (_, index) => index));
  });

  it("gives pictures what sound and retransmissions leave", () => {
    const { sender } = setUp();
    expect(sender.videoBpsAt(0)).toBe(970_000);
    for (let nowMs = 0; nowMs < 1000; nowMs += 20) sender.send([packet(130)], "audio", nowMs);
    const audioBps = 50 * 8 * packet(130).length;
    expect(sender.videoBpsAt(999)).toBe(970_000 - audioBps);
  });

  it("halves its estimate for every second and a half in which the peer says nothing", () => {
    const { sender } = setUp();
    for (let nowMs = 0; nowMs < 3100; nowMs += 10) {
      if (nowMs % 30 === 0) sender.send([packet(1000)], "video", nowMs);
      sender.handleTimer(nowMs);
    }
    expect(sender.statsAt(3100)?.estimateBps).toBe(250_000);
  });

  it("says that it is behind, and begins anew when what waits is not worth waiting for", () => {
    const { sender, flushes } = setUp();
    const picture = Array.from({ length: 40 }, () => packet(1100));
    sender.send(picture, "video", 0);
    expect([sender.isBehind(0), flushes()]).toEqual([true, 0]);
    sender.send(picture, "video", 10);
    expect([sender.isBehind(10), flushes()]).toEqual([false, 1]);
  });
});
