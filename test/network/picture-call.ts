import { H264Packetizer } from "../../src/rtp/h264/packetizer.ts";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import type { VideoReceiveSnapshot } from "../../src/rtp/receive-snapshot.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, serializeRtcp } from "../../src/rtp/rtcp/compound.ts";
import { VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import { nalUnit } from "../rtp/support/frames.ts";
import { concatBytes } from "../rtp/support/hex.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";
import type { LinkConditions } from "./link-conditions.ts";
import { SimulatedLink } from "./simulated-link.ts";
import { VirtualTime } from "./virtual-time.ts";

const SSRC = 7;
const RTX_SSRC = 9;
const FRAME_INTERVAL_MS = 1000 / 30;
const EXTENSIONS = new HeaderExtensionMap([[1, HEADER_EXTENSION_URIS.absSendTime]]);

export interface PictureCallOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Both ways. */
  readonly link: LinkConditions;
  /** Whether the receiver sends nothing itself, so that no report tells it the round trip. @default false */
  readonly receiveOnly?: boolean;
}

/** How the picture came. */
export interface PictureCallResult {
  readonly snapshot: VideoReceiveSnapshot;
  readonly sentFrames: number;
  /** Frames per second that came whole, in decode order. */
  readonly fps: number;
  /** From a frame's sending to its last packet's arrival, beyond the way of the network: mean and 99 %, in milliseconds. */
  readonly meanDelayMs: number;
  readonly p99DelayMs: number;
  readonly measuredRoundTripMs: number | undefined;
}

/** 30 pictures per second, of 1.4 Mbit/s, on their way over a bad network. */
export function pictureCall({ seed, seconds, link, receiveOnly = false }: PictureCallOptions): PictureCallResult {
  const time = new VirtualTime();
  const random = new SeededRandom(seed);
  const roundTripTime = new RoundTripTime();
  const sending = new VideoSendStream({
    ssrc: SSRC,
    cname: "a",
    payloadType: 102,
    packetizer: new H264Packetizer(),
    extensions: EXTENSIONS,
    rtx: { ssrc: RTX_SSRC, payloadType: 103, firstSequenceNumber: 65_500 },
    timestampOffset: 0xffff_0000,
    firstSequenceNumber: 65_000,
    wallOffsetMs: time.wallMs(),
    roundTripTime,
  });
  const receiving = new VideoReceiveStream({
    ssrc: SSRC,
    localSsrc: 8,
    codecs: new Map([[102, "H264"]]),
    rtxPayloadTypes: new Map([[103, 102]]),
    extensions: EXTENSIONS,
    feedback: { nack: true, pli: true, fir: false, remb: true },
    roundTripTime: receiveOnly ? new RoundTripTime() : roundTripTime,
  });
  const delaysMs: number[] = [];
  const sentAtMs = new Map<number, number>();
  let firstTicks: number | undefined;
  let cancelRing = (): void => {};
  const ring = (): void => {
    for (
      let dueMs = receiving.nextTimerMs;
      dueMs !== undefined && dueMs <= time.nowMs();
      dueMs = receiving.nextTimerMs
    ) {
      const due = receiving.handleTimer(time.nowMs());
      if (due.length > 0) backward.send(serializeRtcp(due, { ssrc: 8, cname: "b" }));
      if ((receiving.nextTimerMs ?? Infinity) <= dueMs) throw new Error("the timer did not move on");
    }
    cancelRing();
    if (receiving.nextTimerMs !== undefined) cancelRing = time.at(receiving.nextTimerMs, ring);
  };
  const forward = new SimulatedLink({
    ...link,
    time,
    seed,
    deliver: (bytes) => {
      const nowMs = time.nowMs();
      if ((bytes[1] ?? 0) >= 192 && (bytes[1] ?? 0) <= 223) {
        for (const packet of parseRtcp(bytes) ?? []) receiving.handleRtcp(packet, nowMs);
      } else {
        const packet = parseRtpPacket(bytes);
        if (!packet) throw new Error("a packet of our own was refused");
        for (const { rtpTimestamp } of receiving.handlePacket(packet, nowMs)) {
          firstTicks ??= rtpTimestamp;
          const index = Math.round((rtpTimestamp - firstTicks) / 3000);
          delaysMs.push(nowMs - (sentAtMs.get(index) ?? nowMs) - (link.delayMs ?? 0));
        }
      }
      ring();
    },
  });
  const backward = new SimulatedLink({
    ...link,
    time,
    seed: seed + 1000,
    deliver: (bytes) => {
      for (const packet of parseRtcp(bytes) ?? []) {
        for (const resent of sending.handleRtcp(packet, time.nowMs())) forward.send(resent);
      }
    },
  });
  let sentFrames = 0;
  time.every(FRAME_INTERVAL_MS, () => {
    const nowMs = time.nowMs();
    const keyframe = sentFrames === 0 || sending.takeForcedKeyframe(nowMs);
    const data = keyframe
      ? concatBytes(nalUnit(0x67, 20, random), nalUnit(0x68, 5, random), nalUnit(0x65, 25_000, random))
      : nalUnit(0x41, random.integer(3000, 9000), random);
    sentAtMs.set(sentFrames, nowMs);
    sentFrames += 1;
    const result = sending.packetize({ data, keyframe, timestampUs: nowMs * 1000 }, nowMs);
    if (result.type === "packets") for (const packet of result.packets) forward.send(packet);
    const due = sending.handleTimer(nowMs);
    if (due.length > 0) forward.send(serializeRtcp(due, { ssrc: SSRC, cname: "a" }));
  });
  time.runUntil(seconds * 1000);
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const snapshot = receiving.snapshot();
  return {
    snapshot,
    sentFrames,
    fps: snapshot.frameCount / seconds,
    meanDelayMs: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length,
    p99DelayMs: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    measuredRoundTripMs: roundTripTime.currentMs,
  };
}
