import { expect, test } from "vitest";
import { VideoEncoder } from "../../../src/codecs/video-encoder.ts";
import { FramePool } from "../../../src/media/frame-pool.ts";
import { VideoFrame } from "../../../src/media/video-frame.ts";
import { H264Packetizer } from "../../../src/rtp/h264/packetizer.ts";
import { HeaderExtensionMap } from "../../../src/rtp/header-extensions.ts";
import { parseRtpPacket, type RtpPacket } from "../../../src/rtp/packet.ts";
import { RoundTripTime } from "../../../src/rtp/round-trip-time.ts";
import type { RtcpPacket } from "../../../src/rtp/rtcp/compound.ts";
import { VideoSendStream } from "../../../src/rtp/video-send-stream.ts";
import { VideoReceiver } from "../../../src/transports/webrtc/video-receiver.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const SSRC = 7;

/** The packets of so many pictures, 30 per second, the first of them a keyframe. */
async function pictures(count: number): Promise<RtpPacket[][]> {
  await using encoder = await VideoEncoder.create({ codec: "H264", bitrate: 500_000 });
  const sending = new VideoSendStream({
    ssrc: SSRC,
    cname: "a",
    payloadType: 102,
    packetizer: new H264Packetizer(),
    extensions: new HeaderExtensionMap(),
    timestampOffset: 0,
    firstSequenceNumber: 0,
    wallOffsetMs: 0,
    roundTripTime: new RoundTripTime(),
  });
  const all: RtpPacket[][] = [];
  for (let index = 0; index < count; index += 1) {
    const pixels = new Uint8Array((160 * 120 * 3) / 2).fill(40 + index * 5);
    const timestampUs = Math.round((index * 1e6) / 30);
    const frame = VideoFrame.from(pixels, { format: "i420", width: 160, height: 120, timestampUs });
    const encoded = await encoder.encode(frame, { keyframe: index === 0 });
    if (!encoded) throw new Error("a picture was not encoded");
    const result = sending.packetize(encoded, index * 33);
    if (result.type !== "packets") throw new Error(result.type);
    all.push(result.packets.flatMap((bytes) => parseRtpPacket(bytes) ?? []));
  }
  return all;
}

/** @param idleShare How much of the time this thread has nothing to do: 0 while a handler blocks it. */
function setUp({ idleShare = 1 } = {}) {
  const clock = new ManualClock();
  const timed = Object.assign(clock, { idleMs: () => clock.nowMs() * idleShare });
  const timesUs: (number | undefined)[] = [];
  const overtaken: boolean[] = [];
  const errors: Error[] = [];
  const rtcp: RtcpPacket[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const receiver = new VideoReceiver({
    localSsrc: 8,
    codecs: new Map([[102, "H264"]]),
    extensions: new HeaderExtensionMap(),
    feedback: { nack: true, pli: true, fir: false, remb: false },
    roundTripTime: new RoundTripTime(),
    pool: new FramePool(),
    clock: timed,
    onFrame: ({ timestampUs }, isOvertaken) => {
      overtaken.push(isOvertaken);
      timesUs.push(timestampUs);
      for (const { count, resolve } of waiting) if (timesUs.length >= count) resolve();
    },
    onFailure: (error) => errors.push(error),
    onRtcpDue: () => undefined,
  });
  const received = (count: number): Promise<void> =>
    timesUs.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }));
  const pass = (untilMs: number): void => {
    for (let dueMs = receiver.nextTimerMs; dueMs !== undefined && dueMs <= untilMs; dueMs = receiver.nextTimerMs) {
      clock.advance(Math.max(0, dueMs - clock.nowMs()));
      rtcp.push(...receiver.handleTimer(dueMs));
    }
  };
  return { clock, overtaken, receiver, timesUs, errors, rtcp, received, pass };
}

test("a repair that frees more pictures than wait for the decoder at once costs none of them", async () => {
  const { receiver, timesUs, errors, rtcp, received, pass } = setUp();
  const [first = [], second = [], ...others] = await pictures(24);
  for (const packet of first) receiver.handlePacket(packet, 0);
  await received(1);
  others.forEach((packets, index) => {
    pass(66 + index * 5);
    for (const packet of packets) receiver.handlePacket(packet, 66 + index * 5);
  });
  for (const packet of second) receiver.handlePacket(packet, 300);
  for (let count = 2; count <= 24; count += 1) {
    pass(300 + count * 17);
    await received(count);
  }
  await receiver.close();
  expect(timesUs).toHaveLength(24);
  expect(timesUs).toEqual(timesUs.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  expect(rtcp.some(({ type }) => type === "nack")).toBe(true);
  expect(rtcp.filter(({ type }) => type === "picture-loss-indication")).toEqual([]);
  expect(errors).toEqual([]);
});

test("of what came while this thread was blocked all but the newest is marked as overtaken, without spacing or a keyframe", async () => {
  const { clock, receiver, overtaken, rtcp, received } = setUp({ idleShare: 0 });
  const [first = [], ...others] = await pictures(16);
  for (const packet of first) receiver.handlePacket(packet, 0);
  await received(1);
  clock.advance(500);
  for (const packet of others.flat()) receiver.handlePacket(packet, 500);
  await received(16);
  expect(overtaken).toEqual([false, ...Array.from({ length: 14 }, () => true), false]);
  expect(receiver.stats).toMatchObject({ framesShed: 0, framesDropped: 0 });
  expect(rtcp).toEqual([]);
  await receiver.close();
});

test("what the network held up is not overtaken: it follows at its distance", async () => {
  const { clock, receiver, overtaken, received, pass } = setUp();
  const [first = [], ...others] = await pictures(4);
  for (const packet of first) receiver.handlePacket(packet, 0);
  await received(1);
  clock.advance(500);
  for (const packet of others.flat()) receiver.handlePacket(packet, 500);
  await received(2);
  for (let count = 3; count <= 4; count += 1) {
    pass(500 + count * 17);
    await received(count);
  }
  expect(overtaken).toEqual([false, false, false, false]);
  await receiver.close();
});

test("whole pictures that are given up because the decoder is behind are counted apart from those that were lost", async () => {
  const { clock, receiver, received, pass } = setUp();
  const [first = [], ...others] = await pictures(16);
  for (const packet of first) receiver.handlePacket(packet, 0);
  await received(1);
  clock.advance(1000);
  for (const packet of others.flat()) receiver.handlePacket(packet, 1000);
  pass(1500);
  expect(receiver.stats).toMatchObject({ frames: 16, framesShed: 14, framesDropped: 0 });
  await receiver.close();
});

test("closing at once, and twice, is harmless", async () => {
  const { receiver, errors } = setUp();
  await Promise.all([receiver.close(), receiver.close()]);
  expect(errors).toEqual([]);
});
