import { describe, expect, it } from "vitest";
import { H264Packetizer } from "../../src/rtp/h264/packetizer.ts";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, type RtcpPacket, serializeRtcp } from "../../src/rtp/rtcp/compound.ts";
import { TransportStamper } from "../../src/rtp/transport-stamper.ts";
import { VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import { nalUnit } from "./support/frames.ts";
import { concatBytes } from "./support/hex.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const SSRC = 7;
const FRAME_INTERVAL_MS = 33;
const EXTENSIONS = new HeaderExtensionMap([
  [1, HEADER_EXTENSION_URIS.absSendTime],
  [2, HEADER_EXTENSION_URIS.transportSequenceNumber],
]);

interface LinkOptions {
  readonly seed: number;
  readonly loss: number;
  readonly roundTripMs: number;
  readonly durationMs: number;
}

interface CallResult {
  readonly sentFrames: number;
  readonly receivedFrames: number;
  readonly longestFreezeMs: number;
  readonly keyframes: number;
  readonly measuredRoundTripMs: number | undefined;
}

/** A sender and a receiver with a link between them that delays, reorders and loses, in both directions. */
function call({ seed, loss, roundTripMs, durationMs }: LinkOptions): CallResult {
  const random = new SeededRandom(seed);
  const roundTripTime = new RoundTripTime();
  const sending = new VideoSendStream({
    ssrc: SSRC,
    cname: "a",
    payloadType: 102,
    packetizer: new H264Packetizer(),
    extensions: EXTENSIONS,
    timestampOffset: 0xffff_0000,
    firstSequenceNumber: 65_000,
    wallOffsetMs: 1_700_000_000_000,
    roundTripTime,
  });
  const receiving = new VideoReceiveStream({
    ssrc: SSRC,
    localSsrc: 8,
    codecs: new Map([[102, "H264"]]),
    extensions: EXTENSIONS,
    feedback: { nack: true, pli: true, fir: false, remb: true },
    roundTripTime,
  });
  const stamper = new TransportStamper(EXTENSIONS);
  const forward: { atMs: number; bytes: Uint8Array }[] = [];
  const backward: { atMs: number; bytes: Uint8Array }[] = [];
  const travel = (queue: typeof forward, bytes: Uint8Array, nowMs: number): void => {
    if (!random.chance(loss))
      queue.push({ atMs: nowMs + roundTripMs / 2 + random.integer(0, 4), bytes: bytes.slice() });
  };
  const arrivals = (queue: typeof forward, nowMs: number): Uint8Array[] => {
    const due = queue.filter(({ atMs }) => atMs <= nowMs);
    queue.splice(0, queue.length, ...queue.filter(({ atMs }) => atMs > nowMs));
    return due.toSorted((a, b) => a.atMs - b.atMs).map(({ bytes }) => bytes);
  };
  const sendRtp = (packets: readonly Uint8Array[], nowMs: number): void => {
    for (const bytes of packets) {
      stamper.stamp(bytes, nowMs);
      travel(forward, bytes, nowMs);
    }
  };
  const rtcp = (bytes: Uint8Array): readonly RtcpPacket[] => parseRtcp(bytes) ?? [];
  const isRtcp = (bytes: Uint8Array): boolean => (bytes[1] ?? 0) >= 192 && (bytes[1] ?? 0) <= 223;

  let sentFrames = 0;
  let receivedFrames = 0;
  let keyframes = 0;
  let lastFrameAtMs = 0;
  let longestFreezeMs = 0;
  for (let nowMs = 0; nowMs < durationMs; nowMs += 1) {
    if (nowMs % FRAME_INTERVAL_MS === 0) {
      const keyframe = nowMs === 0 || sending.takeForcedKeyframe(nowMs);
      const data = keyframe
        ? concatBytes(nalUnit(0x67, 20, random), nalUnit(0x68, 5, random), nalUnit(0x65, 25_000, random))
        : nalUnit(0x41, random.integer(3000, 9000), random);
      const result = sending.packetize({ data, keyframe, timestampUs: nowMs * 1000 }, nowMs);
      if (result.type === "packets") sendRtp(result.packets, nowMs);
      sentFrames += 1;
    }
    const report = sending.handleTimer(nowMs);
    if (report.length > 0) travel(forward, serializeRtcp(report, { ssrc: SSRC, cname: "a" }), nowMs);

    for (const bytes of arrivals(forward, nowMs)) {
      if (isRtcp(bytes)) {
        for (const packet of rtcp(bytes)) receiving.handleRtcp(packet, nowMs);
        continue;
      }
      const packet = parseRtpPacket(bytes);
      if (!packet) throw new Error("a packet of our own was refused");
      for (const frame of receiving.handlePacket(packet, nowMs)) {
        receivedFrames += 1;
        if (frame.keyframe) keyframes += 1;
        longestFreezeMs = Math.max(longestFreezeMs, nowMs - lastFrameAtMs);
        lastFrameAtMs = nowMs;
      }
    }
    if ((receiving.nextTimerMs ?? Infinity) <= nowMs) {
      const due = receiving.handleTimer(nowMs);
      if (due.length > 0) travel(backward, serializeRtcp(due, { ssrc: 8, cname: "b" }), nowMs);
      if ((receiving.nextTimerMs ?? Infinity) <= nowMs) throw new Error("the timer did not move on");
    }
    for (const bytes of arrivals(backward, nowMs)) {
      for (const packet of rtcp(bytes)) sendRtp(sending.handleRtcp(packet, nowMs), nowMs);
    }
  }
  return { sentFrames, receivedFrames, longestFreezeMs, keyframes, measuredRoundTripMs: roundTripTime.currentMs };
}

describe("a call over a bad link", { timeout: 60_000 }, () => {
  it("loses nothing and asks for nothing on a good one", () => {
    const result = call({ seed: 1, loss: 0, roundTripMs: 20, durationMs: 20_000 });
    expect(result.receivedFrames).toBeGreaterThanOrEqual(result.sentFrames - 1);
    expect(result.keyframes).toBe(1);
    expect(result.longestFreezeMs).toBeLessThan(60);
    expect(result.measuredRoundTripMs).toBeGreaterThan(19);
    expect(result.measuredRoundTripMs).toBeLessThan(30);
  });

  it.each([
    { loss: 0.01, roundTripMs: 20 },
    { loss: 0.05, roundTripMs: 20 },
    { loss: 0.05, roundTripMs: 150 },
    { loss: 0.1, roundTripMs: 40 },
  ])("repairs a loss of $loss at a round trip of $roundTripMs ms", ({ loss, roundTripMs }) => {
    for (let seed = 1; seed <= 2; seed += 1) {
      const result = call({ seed, loss, roundTripMs, durationMs: 30_000 });
      expect(result.receivedFrames / result.sentFrames).toBeGreaterThan(0.9);
      expect(result.longestFreezeMs).toBeLessThan(700);
    }
  });

  it("goes on while a third of everything is lost", () => {
    const result = call({ seed: 3, loss: 0.3, roundTripMs: 40, durationMs: 30_000 });
    expect(result.receivedFrames / result.sentFrames).toBeGreaterThan(0.5);
  });
});
