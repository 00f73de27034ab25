import { describe, expect, it } from "vitest";
import { H264Packetizer } from "../../src/rtp/h264/packetizer.ts";
import {
  HEADER_EXTENSION_URIS,
  HeaderExtensionMap,
  type HeaderExtensionName,
} from "../../src/rtp/header-extensions.ts";
import { compactNtp, ntpFromWallMs } from "../../src/rtp/ntp-time.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import type { RtcpPacket } from "../../src/rtp/rtcp/compound.ts";
import { unwrapRtx } from "../../src/rtp/rtx.ts";
import { VideoSendStream, type VideoSendStreamOptions } from "../../src/rtp/video-send-stream.ts";
import { nalUnit } from "./support/frames.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const NAMES: readonly HeaderExtensionName[] = ["mid", "playoutDelay", "absSendTime", "transportSequenceNumber"];
const EXTENSIONS = new HeaderExtensionMap(NAMES.map((name, index) => [index + 1, HEADER_EXTENSION_URIS[name]]));
const WALL_OFFSET_MS = 1_700_000_000_000;
const SSRC = 0xbeef;

function sender(options: Partial<VideoSendStreamOptions> = {}): VideoSendStream {
  return new VideoSendStream({
    ssrc: SSRC,
    cname: "us",
    payloadType: 102,
    packetizer: new H264Packetizer(),
    extensions: EXTENSIONS,
    mid: "0",
    playoutDelay: { minimumMs: 0, maximumMs: 0 },
    timestampOffset: 0xffff_fff0,
    firstSequenceNumber: 65_535,
    wallOffsetMs: WALL_OFFSET_MS,
    roundTripTime: new RoundTripTime(),
    ...options,
  });
}

function send(stream: VideoSendStream, nowMs: number, { keyframe = false, byteLength = 3000 } = {}) {
  const data = nalUnit(keyframe ? 0x65 : 0x41, byteLength, new SeededRandom(nowMs));
  const result = stream.packetize({ data, keyframe, timestampUs: nowMs * 1000 }, nowMs);
  if (result.type !== "packets") throw new Error(result.type);
  return result.packets;
}

const report = (values: object = {}): RtcpPacket => ({
  type: "receiver-report",
  ssrc: 9,
  reports: [
    {
      ssrc: SSRC,
      fractionLost: 0,
      cumulativeLost: 0,
      extendedHighestSequence: 0,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
      ...values,
    },
  ],
});

describe("sending video", () => {
  it("makes packets of at most 1200 bytes, with headers that count on and a marker at the end", () => {
    const stream = sender();
    const packets = [...send(stream, 0, { keyframe: true }), ...send(stream, 40, { byteLength: 10 })];
    const parsed = packets.map((bytes) => parseRtpPacket(bytes));
    expect(parsed.map((packet) => packet && [packet.sequenceNumber, packet.timestamp, packet.marker])).toEqual([
      [65_535, 0xffff_fff0, false],
      [0, 0xffff_fff0, false],
      [1, 0xffff_fff0, true],
      [2, 3584, true],
    ]);
    for (const packet of parsed) {
      expect(packet).toMatchObject({ ssrc: SSRC, payloadType: 102 });
      expect(packet && EXTENSIONS.read(packet, "mid")).toBe("0");
      expect(packet && EXTENSIONS.read(packet, "playoutDelay")).toEqual({ minimumMs: 0, maximumMs: 0 });
      expect(packet && EXTENSIONS.read(packet, "absSendTime")).toBe(0);
      expect(packet && EXTENSIONS.read(packet, "transportSequenceNumber")).toBe(0);
    }
    expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(1200);
    const full = send(stream, 80, { byteLength: 11_661 });
    expect(Math.max(...full.map(({ length }) => length))).toBe(1200);
  });

  it("sends no extension that was not negotiated", () => {
    const [bytes] = send(sender({ extensions: new HeaderExtensionMap() }), 0);
    expect(bytes && parseRtpPacket(bytes)?.extensionProfile).toBe(0);
  });

  it("hands on that a frame cannot be sent", () => {
    const stream = sender({ packetizer: new H264Packetizer({ packetizationMode: 0 }) });
    const data = nalUnit(0x65, 3000, new SeededRandom(1));
    expect(stream.packetize({ data, keyframe: true, timestampUs: 0 }, 0)).toMatchObject({ type: "nal-unit-too-large" });
    expect(stream.stats).toMatchObject({ frameCount: 0, packetCount: 0 });
    expect(stream.nextTimerMs).toBeUndefined();
  });

  it("sends a lost packet again, but not twice in a round trip and not for another stream", () => {
    const stream = sender();
    const packets = send(stream, 0);
    const nack: RtcpPacket = { type: "nack", senderSsrc: 9, mediaSsrc: SSRC, sequenceNumbers: [0, 1, 500] };
    expect(stream.handleRtcp({ ...nack, mediaSsrc: 1 }, 10)).toEqual([]);
    expect(stream.handleRtcp(nack, 10)).toEqual([packets[1], packets[2]]);
    expect(stream.handleRtcp(nack, 20)).toEqual([]);
    expect(stream.stats).toMatchObject({ packetCount: 5, resentPacketCount: 2 });
  });

  it("tells the colours with keyframes, and sends those again as whole as others", () => {
    const names: readonly HeaderExtensionName[] = ["mid", "playoutDelay", "colorSpace", "transportSequenceNumber"];
    const extensions = new HeaderExtensionMap(names.map((name, index) => [index + 1, HEADER_EXTENSION_URIS[name]]));
    const rtx = { ssrc: 0xfeed, payloadType: 103, firstSequenceNumber: 1 };
    const stream = sender({ extensions, rtx, firstSequenceNumber: 1 });
    const colorSpace = { primaries: 1, transfer: 1, matrix: 1, range: "limited" } as const;
    const packets = [true, false].flatMap((keyframe) => {
      const data = nalUnit(keyframe ? 0x65 : 0x41, 500, new SeededRandom(1));
      const result = stream.packetize({ data, keyframe, timestampUs: 0, colorSpace }, 0);
      return result.type === "packets" ? result.packets : [];
    });
    const sent = packets.flatMap((bytes) => parseRtpPacket(bytes) ?? []);
    expect(sent.map((packet) => extensions.read(packet, "colorSpace"))).toEqual([colorSpace, undefined]);
    const again = stream
      .handleRtcp({ type: "nack", senderSsrc: 9, mediaSsrc: SSRC, sequenceNumbers: [1, 2] }, 100)
      .flatMap((bytes) => parseRtpPacket(bytes) ?? [])
      .map((packet) => unwrapRtx(packet, { ssrc: SSRC, payloadType: 102 }));
    expect(again.map((packet) => packet?.payload)).toEqual(sent.map(({ payload }) => payload));
    expect(again.map((packet) => packet && extensions.read(packet, "colorSpace"))).toEqual([colorSpace, undefined]);
  });

  it("forces a keyframe when the peer asks for one by PLI or FIR for this stream", () => {
    const stream = sender();
    expect(stream.takeForcedKeyframe(0)).toBe(false);
    stream.handleRtcp({ type: "picture-loss-indication", senderSsrc: 9, mediaSsrc: 1 }, 0);
    expect(stream.takeForcedKeyframe(0)).toBe(false);
    stream.handleRtcp({ type: "picture-loss-indication", senderSsrc: 9, mediaSsrc: SSRC }, 0);
    expect([stream.takeForcedKeyframe(1), stream.takeForcedKeyframe(2)]).toEqual([true, false]);
    send(stream, 3, { keyframe: true });
    const entries = [
      { ssrc: 1, sequenceNumber: 1 },
      { ssrc: SSRC, sequenceNumber: 1 },
    ];
    stream.handleRtcp({ type: "full-intra-request", senderSsrc: 9, entries }, 400);
    expect(stream.takeForcedKeyframe(401)).toBe(true);
  });

  it("aims for what the peer can take", () => {
    const stream = sender();
    expect(stream.targetBitrateBps).toBe(1_500_000);
    stream.handleRtcp({ type: "remb", senderSsrc: 9, bitrateBps: 700_000, ssrcs: [1] }, 0);
    expect(stream.targetBitrateBps).toBe(1_500_000);
    stream.handleRtcp({ type: "remb", senderSsrc: 9, bitrateBps: 700_000, ssrcs: [SSRC] }, 0);
    expect(stream.targetBitrateBps).toBe(700_000);
    stream.handleRtcp({ type: "remb", senderSsrc: 9, bitrateBps: 9_000_000, ssrcs: [] }, 0);
    stream.handleRtcp(report({ fractionLost: 128 }), 1000);
    expect(stream.targetBitrateBps).toBe(1_125_000);
    expect(stream.stats.fractionLost).toBe(0.5);
  });

  it("gives the peer room to even out bursts while it reports losses, and not after twenty seconds without", () => {
    const stream = sender({ lossyPlayoutDelay: { minimumMs: 0, maximumMs: 2000 } });
    const maximumMs = (nowMs: number): number | undefined => {
      const packet = parseRtpPacket(send(stream, nowMs)[0] ?? new Uint8Array());
      return packet && EXTENSIONS.read(packet, "playoutDelay")?.maximumMs;
    };
    expect(maximumMs(0)).toBe(0);
    stream.handleRtcp(report({ fractionLost: 26 }), 1000);
    expect(maximumMs(1000)).toBe(2000);
    for (let second = 2; second < 35; second += 1) stream.handleRtcp(report(), second * 1000);
    expect(maximumMs(35_000)).toBe(0);
  });

  it("reports once per second and learns the round-trip time from the answer", () => {
    const roundTripTime = new RoundTripTime();
    const stream = sender({ roundTripTime });
    expect(stream.nextTimerMs).toBeUndefined();
    expect(stream.handleTimer(0)).toEqual([]);
    send(stream, 100);
    expect(stream.nextTimerMs).toBe(100);
    const [due, description] = stream.handleTimer(100);
    expect([due, description]).toMatchObject([
      {
        type: "sender-report",
        ssrc: SSRC,
        ntpTime: ntpFromWallMs(WALL_OFFSET_MS + 100),
        rtpTimestamp: (0xffff_fff0 + 9000) % 0x1_0000_0000,
        packetCount: 3,
        reports: [],
      },
      { type: "source-description", sources: [{ ssrc: SSRC, cname: "us" }] },
    ]);
    expect(stream.nextTimerMs).toBe(1100);
    expect(stream.handleTimer(1099)).toEqual([]);
    const lastSenderReport = compactNtp(ntpFromWallMs(WALL_OFFSET_MS + 100));
    stream.handleRtcp(report({ lastSenderReport, delaySinceLastSenderReport: 0x8000 }), 680);
    expect(roundTripTime.currentMs).toBeCloseTo(80, 0);
  });
});
