import { describe, expect, it } from "vitest";
import type { HeaderExtensionElement } from "../../src/rtp/header-extension-block.ts";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { type VideoFeedback, VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { FrameMaker, H264_PAYLOAD_TYPE, VP8_PAYLOAD_TYPE } from "./support/frames.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const EXTENSIONS = new HeaderExtensionMap([
  [4, HEADER_EXTENSION_URIS.videoOrientation],
  [8, HEADER_EXTENSION_URIS.colorSpace],
]);
const RTX_PAYLOAD_TYPE = 120;
const ALL_FEEDBACK: VideoFeedback = { nack: true, pli: true, fir: true, remb: true };

function receiver(feedback: Partial<VideoFeedback> = {}): VideoReceiveStream {
  return new VideoReceiveStream({
    ssrc: 0xcafe,
    localSsrc: 1,
    codecs: new Map([
      [H264_PAYLOAD_TYPE, "H264"],
      [VP8_PAYLOAD_TYPE, "VP8"],
    ]),
    rtxPayloadTypes: new Map([[RTX_PAYLOAD_TYPE, H264_PAYLOAD_TYPE]]),
    extensions: EXTENSIONS,
    feedback: { ...ALL_FEEDBACK, ...feedback },
    roundTripTime: new RoundTripTime(),
  });
}

function maker(codec: "H264" | "VP8" = "H264", firstSequenceNumber = 100): FrameMaker {
  return new FrameMaker({ codec, firstSequenceNumber, firstTimestamp: 9000, random: new SeededRandom(1) });
}

/** The kinds of RTCP that are due each time the timer rings, up to `untilMs`. */
function ring(stream: VideoReceiveStream, untilMs: number): [atMs: number, types: string[]][] {
  const rings: [number, string[]][] = [];
  for (let count = 0; count < 1000; count += 1) {
    const nowMs = stream.nextTimerMs;
    if (nowMs === undefined || nowMs > untilMs) return rings;
    rings.push([nowMs, stream.handleTimer(nowMs).map(({ type }) => type)]);
  }
  throw new Error("the timer rings without end");
}

function rotated(packet: RtpPacket, rotation: 0 | 90): RtpPacket {
  return extended(packet, EXTENSIONS.elements("videoOrientation", { rotation, flipped: false, backCamera: false }));
}

function extended(packet: RtpPacket, extensions: readonly HeaderExtensionElement[]): RtpPacket {
  const { payloadType, sequenceNumber, timestamp, ssrc, marker, payload } = packet;
  const parsed = parseRtpPacket(
    serializeRtpPacket({ payloadType, sequenceNumber, timestamp, ssrc, marker, payload, extensions }),
  );
  if (!parsed) throw new Error("a packet of our own was refused");
  return parsed;
}

/** A packet as it is sent again (RFC 4588 §4). */
function retransmitted(packet: RtpPacket): RtpPacket[] {
  const { sequenceNumber, timestamp, marker } = packet;
  const payload = Uint8Array.from([sequenceNumber >> 8, sequenceNumber & 0xff, ...packet.payload]);
  const copy = { payloadType: RTX_PAYLOAD_TYPE, sequenceNumber: 7, timestamp, ssrc: 0xbeef, marker, payload };
  const parsed = parseRtpPacket(serializeRtpPacket(copy));
  return parsed ? [parsed] : [];
}

describe("receiving video", () => {
  it("gives out frames with their codec and time", () => {
    const stream = receiver();
    const { packets, data } = maker().next({ keyframe: true });
    const frames = packets.flatMap((packet, index) => stream.handlePacket(packet, 10 + index));
    expect(frames).toEqual([
      {
        data,
        codec: "H264",
        keyframe: true,
        rtpTimestamp: 9000,
        timestampUs: 100_000,
        firstReceivedAtMs: 10,
        receivedAtMs: 9 + packets.length,
        rotation: 0,
        colorSpace: undefined,
      },
    ]);
    expect(stream.snapshot()).toMatchObject({
      packetCount: packets.length,
      frameCount: 1,
      keyframeCount: 1,
      cumulativeLost: 0,
    });
  });

  it("follows a sender that changes its codec at a keyframe", () => {
    const stream = receiver();
    const h264 = maker("H264", 100).next({ keyframe: true }).packets;
    const vp8 = new FrameMaker({
      codec: "VP8",
      firstSequenceNumber: 100 + h264.length,
      firstTimestamp: 12_000,
      random: new SeededRandom(2),
    }).next({ keyframe: true }).packets;
    const frames = [...h264, ...vp8].flatMap((packet) => stream.handlePacket(packet, 0));
    expect(frames.map(({ codec }) => codec)).toEqual(["H264", "VP8"]);
  });

  it("turns the picture as its last packet says, until another one says something else", () => {
    const stream = receiver();
    const frames = maker();
    const rotations = [90, undefined, 0, undefined].flatMap((rotation) => {
      const { packets } = frames.next({ keyframe: true });
      const marked = packets.map((packet) =>
        packet.marker && rotation !== undefined ? rotated(packet, rotation as 0 | 90) : packet,
      );
      return marked.flatMap((packet) => stream.handlePacket(packet, 0)).map((frame) => frame.rotation);
    });
    expect(rotations).toEqual([90, 90, 0, 0]);
  });

  it("tells the colours as the sender has told them last, until a keyframe says nothing of them", () => {
    const stream = receiver();
    const frames = maker("VP8");
    const told = [
      { keyframe: true, matrix: 1 },
      { keyframe: false, matrix: undefined },
      { keyframe: false, matrix: 6 },
      { keyframe: false, matrix: undefined },
      { keyframe: true, matrix: undefined },
    ].flatMap(({ keyframe, matrix }) => {
      const { packets } = frames.next({ keyframe });
      const elements =
        matrix === undefined
          ? []
          : EXTENSIONS.elements("colorSpace", { primaries: 1, transfer: 1, matrix, range: "limited" });
      const marked = packets.map((packet) => (packet.marker ? extended(packet, elements) : packet));
      return marked.flatMap((packet) => stream.handlePacket(packet, 0)).map(({ colorSpace }) => colorSpace?.matrix);
    });
    expect(told).toEqual([1, 1, 6, 6, undefined]);
  });

  it("reports at once, often at first and every second later, with how much may be sent", () => {
    const stream = receiver();
    const frames = maker();
    const reports: number[] = [];
    for (let nowMs = 0; nowMs < 8000; nowMs += 33) {
      for (const [atMs, types] of ring(stream, nowMs)) {
        expect(types).toEqual(["receiver-report", "remb"]);
        reports.push(atMs);
      }
      for (const packet of frames.next({ keyframe: nowMs === 0 }).packets) stream.handlePacket(packet, nowMs);
    }
    expect(reports.slice(0, 4)).toEqual([0, 250, 500, 750]);
    expect(reports.slice(-2)).toEqual([6000, 7000]);
    expect(stream.snapshot().allowedBps).toBe(2_500_000);
  });

  it("falls silent when the peer does", () => {
    const stream = receiver();
    stream.handlePacket(maker().next().packets[0] as RtpPacket, 0);
    expect(ring(stream, 60_000).at(-1)?.[0]).toBeLessThanOrEqual(2500);
    expect(stream.nextTimerMs).toBeUndefined();
  });

  it("asks for a lost packet and goes on when it comes", () => {
    const stream = receiver();
    const frames = maker();
    for (const packet of frames.next({ keyframe: true }).packets) stream.handlePacket(packet, 0);
    stream.handleTimer(0);
    const broken = frames.next().packets;
    for (const packet of broken.filter((_, index) => index !== 1)) stream.handlePacket(packet, 33);
    expect(stream.handleTimer(38)).toEqual([
      { type: "nack", senderSsrc: 1, mediaSsrc: 0xcafe, sequenceNumbers: [broken[1]?.sequenceNumber] },
    ]);
    expect(stream.handlePacket(broken[1] as RtpPacket, 60)).toHaveLength(1);
    expect(stream.snapshot()).toMatchObject({ nackedPacketCount: 1, keyframeRequestCount: 0, droppedFrameCount: 0 });
  });

  it("asks for a keyframe when the packet does not come, until the keyframe does", () => {
    const stream = receiver();
    const frames = maker();
    for (const packet of frames.next({ keyframe: true }).packets) stream.handlePacket(packet, 0);
    stream.handleTimer(0);
    for (const packet of frames.next().packets.slice(1)) stream.handlePacket(packet, 33);
    const asked = ring(stream, 1000).filter(([, types]) => types.includes("picture-loss-indication"));
    expect(asked.map(([atMs]) => atMs)).toEqual([683, 983]);
    for (const packet of frames.next({ keyframe: true }).packets) stream.handlePacket(packet, 1000);
    expect(ring(stream, 5000).flatMap(([, types]) => types)).not.toContain("picture-loss-indication");
  });

  it("asks for a keyframe at once when the stream begins without one", () => {
    const stream = receiver();
    for (const packet of maker().next().packets) stream.handlePacket(packet, 5);
    expect(stream.nextTimerMs).toBeLessThanOrEqual(5);
    expect(stream.handleTimer(5).map(({ type }) => type)).toContain("picture-loss-indication");
  });

  it("does not ask for the keyframe that has begun to come", () => {
    const stream = receiver();
    const { packets } = maker().next({ keyframe: true });
    stream.handlePacket(packets[0] as RtpPacket, 5);
    expect(stream.handleTimer(5).map(({ type }) => type)).not.toContain("picture-loss-indication");
  });

  it("asks for a keyframe when the decoder fails, and gives out nothing before it", () => {
    const stream = receiver();
    const frames = maker();
    for (const packet of frames.next({ keyframe: true }).packets) stream.handlePacket(packet, 0);
    stream.handleTimer(0);
    stream.requireKeyframe();
    expect(stream.handleTimer(1)).toEqual([{ type: "picture-loss-indication", senderSsrc: 1, mediaSsrc: 0xcafe }]);
    expect(frames.next().packets.flatMap((packet) => stream.handlePacket(packet, 2))).toEqual([]);
    expect(frames.next({ keyframe: true }).packets.flatMap((packet) => stream.handlePacket(packet, 3))).toHaveLength(1);
  });

  it("uses FIR, with a new number each time, where the peer does not know PLI", () => {
    const stream = receiver({ pli: false });
    for (const packet of maker().next().packets) stream.handlePacket(packet, 0);
    const requests = [0, 300]
      .flatMap((nowMs) => stream.handleTimer(nowMs))
      .filter(({ type }) => type === "full-intra-request");
    expect(requests).toEqual(
      [1, 2].map((sequenceNumber) => ({
        type: "full-intra-request",
        senderSsrc: 1,
        entries: [{ ssrc: 0xcafe, sequenceNumber }],
      })),
    );
  });

  it("sends no feedback that the peer does not know, and does not wait in vain", () => {
    const stream = receiver({ nack: false, pli: false, fir: false, remb: false });
    const frames = maker();
    for (const packet of frames.next({ keyframe: true }).packets) stream.handlePacket(packet, 0);
    for (const packet of frames.next().packets.slice(1)) stream.handlePacket(packet, 10);
    expect(new Set(ring(stream, 500).flatMap(([, types]) => types))).toEqual(new Set(["receiver-report"]));
    expect(stream.nextTimerMs).toBeUndefined();
  });

  it("takes no retransmission of a packet that cannot be missing: what follows it stays in its place", () => {
    const stream = receiver();
    const frames = maker("H264", 65_530);
    const [first = [], second = [], third = []] = [true, false, false].map(
      (keyframe) => frames.next({ keyframe }).packets,
    );
    expect(retransmitted(first[0] as RtpPacket).flatMap((packet) => stream.handlePacket(packet, 0))).toEqual([]);
    expect(first.flatMap((packet) => stream.handlePacket(packet, 0))).toHaveLength(1);
    const newest = first.at(-1)?.sequenceNumber ?? 0;
    const wild = [101, 3000, 20_000, 40_000, 60_000].flatMap((distance) =>
      retransmitted({ ...(first.at(-1) as RtpPacket), sequenceNumber: (newest + distance) & 0xffff }),
    );
    expect(wild.flatMap((packet) => stream.handlePacket(packet, 10))).toEqual([]);
    expect(second.flatMap((packet) => stream.handlePacket(packet, 33))).toHaveLength(1);
    // The copy that probes the path may come without its original.
    const [lost, ...rest] = third;
    const copies = retransmitted(lost as RtpPacket);
    expect([...copies, ...rest].flatMap((packet) => stream.handlePacket(packet, 66))).toHaveLength(1);
    expect(stream.handleTimer(100).map(({ type }) => type)).not.toContain("nack");
    expect(stream.snapshot()).toMatchObject({ rtxPacketCount: 1, frameCount: 3, droppedFrameCount: 0 });
  });

  it("begins anew when the sender does", () => {
    const stream = receiver();
    for (const packet of maker("H264", 100).next({ keyframe: true }).packets) stream.handlePacket(packet, 0);
    const frames = maker("H264", 30_000);
    const lost = frames.next({ keyframe: true }).packets.flatMap((packet) => stream.handlePacket(packet, 50));
    expect(lost).toEqual([]); // Its first packet was not believed yet.
    expect(frames.next({ keyframe: true }).packets.flatMap((packet) => stream.handlePacket(packet, 80))).toHaveLength(
      1,
    );
  });

  it("answers the sender's reports", () => {
    const stream = receiver();
    for (const packet of maker().next({ keyframe: true }).packets) stream.handlePacket(packet, 0);
    const report = {
      type: "sender-report",
      ssrc: 0xcafe,
      ntpTime: { seconds: 0x1234_5678, fraction: 0x9abc_def0 },
      rtpTimestamp: 0,
      packetCount: 0,
      octetCount: 0,
      reports: [],
    } as const;
    stream.handleRtcp({ ...report, ssrc: 5 }, 10);
    stream.handleRtcp(report, 100);
    expect(stream.handleTimer(600)[0]).toMatchObject({
      type: "receiver-report",
      ssrc: 1,
      reports: [{ ssrc: 0xcafe, lastSenderReport: 0x5678_9abc, delaySinceLastSenderReport: 0x8000 }],
    });
  });
});
