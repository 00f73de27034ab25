import { AudioReceiveStream } from "../../src/rtp/audio-receive-stream.ts";
import { AudioSendStream } from "../../src/rtp/audio-send-stream.ts";
import { HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import type { AudioReceiveSnapshot } from "../../src/rtp/receive-snapshot.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, serializeRtcp } from "../../src/rtp/rtcp/compound.ts";
import type { ReceivedAudio } from "../../src/rtp/sound-line.ts";
import type { LinkChange, LinkConditions } from "./link-conditions.ts";
import { SimulatedLink } from "./simulated-link.ts";
import { VirtualTime } from "./virtual-time.ts";

const SSRC = 7;
/** SILK of 20 ms with a voice, and with a copy of the packet before it. */
const TOC = 9 << 3;
const VOICE = 0x80;
const VOICE_AND_COPY = 0xc0;

export interface SoundCallOptions {
  readonly seed: number;
  readonly seconds: number;
  /** The way of the sound. */
  readonly forward: LinkConditions & { readonly changes?: readonly LinkChange[] };
  /** The way of the reports. */
  readonly backward?: LinkConditions;
  /** Whether packets carry copies of those before them. @default true */
  readonly fec?: boolean;
  /** Whether the sender sends again what is asked for. @default false */
  readonly nack?: boolean;
  /** How much faster than ours the sender's clock goes. @default 0 */
  readonly skewPpm?: number;
}

/** How it sounded to a program that listens. */
export interface SoundCallResult {
  readonly snapshot: AudioReceiveSnapshot;
  /** All sound that was given out, in milliseconds. */
  readonly heardMs: number;
  /** The share of it that was lost for good. */
  readonly concealed: number;
  /** From a packet's sending to the moment when its sound was given out, beyond the way of the network: mean and 99 %. */
  readonly meanDelayMs: number;
  readonly p99DelayMs: number;
  /** The most sound that was given out at the same moment. */
  readonly longestBurstMs: number;
  /** Whether each piece began where the one before it ended, to half a millisecond. */
  readonly continuous: boolean;
  /** How often the sender was asked for packets. */
  readonly nackCount: number;
}

/** A voice on its way over a bad network. */
export function soundCall(options: SoundCallOptions): SoundCallResult {
  const { seed, seconds, forward, backward = {}, fec = true, nack = false, skewPpm = 0 } = options;
  const time = new VirtualTime();
  const roundTripTime = new RoundTripTime();
  const sending = new AudioSendStream({
    ssrc: SSRC,
    cname: "a",
    payloadType: 111,
    extensions: new HeaderExtensionMap([]),
    timestampOffset: 0xffff_0000,
    firstSequenceNumber: 65_000,
    wallOffsetMs: time.wallMs(),
    roundTripTime,
    nack,
  });
  const receiving = new AudioReceiveStream({ ssrc: SSRC, localSsrc: 8, nack, roundTripTime });
  const sentAtMs: number[] = [];
  const delaysMs: number[] = [];
  let heardTicks = 0;
  let endUs: number | undefined;
  let isContinuous = true;
  let longestBurstTicks = 0;
  let burst = { atMs: 0, ticks: 0 };

  const hear = (audio: readonly ReceivedAudio[]): void => {
    const nowMs = time.nowMs();
    for (const piece of audio) {
      const ticks = piece.type === "silence" ? piece.ticks : 960;
      heardTicks += ticks;
      if (burst.atMs !== nowMs) burst = { atMs: nowMs, ticks: 0 };
      burst.ticks += ticks;
      longestBurstTicks = Math.max(longestBurstTicks, burst.ticks);
      if (endUs !== undefined && Math.abs(piece.timestampUs - endUs) > 500) isContinuous = false;
      endUs = piece.timestampUs + ticks / 0.048;
      if (piece.type !== "packet") continue;
      const [, , high = 0, low = 0] = piece.payload;
      delaysMs.push(nowMs - (sentAtMs[high * 256 + low] ?? 0) - (forward.delayMs ?? 0));
    }
  };
  let cancelRing = (): void => {};
  const ring = (): void => {
    for (
      let dueMs = receiving.nextTimerMs;
      dueMs !== undefined && dueMs <= time.nowMs();
      dueMs = receiving.nextTimerMs
    ) {
      const { audio, rtcp } = receiving.handleTimer(time.nowMs());
      hear(audio);
      if (rtcp.length > 0) reports.send(serializeRtcp(rtcp, { ssrc: 8, cname: "b" }));
    }
    cancelRing();
    if (receiving.nextTimerMs !== undefined) cancelRing = time.at(receiving.nextTimerMs, ring);
  };
  const sound = new SimulatedLink({
    ...forward,
    time,
    seed,
    deliver: (bytes) => {
      const isRtcp = (bytes[1] ?? 0) >= 192 && (bytes[1] ?? 0) <= 223;
      if (isRtcp) for (const packet of parseRtcp(bytes) ?? []) receiving.handleRtcp(packet, time.nowMs());
      else {
        const packet = parseRtpPacket(bytes);
        if (!packet) throw new Error("a packet of our own was refused");
        hear(receiving.handlePacket(packet, time.nowMs()));
      }
      ring();
    },
  });
  let nackCount = 0;
  const reports = new SimulatedLink({
    ...backward,
    time,
    seed: seed + 1000,
    deliver: (bytes) => {
      for (const packet of parseRtcp(bytes) ?? []) {
        if (packet.type === "nack") nackCount += 1;
        for (const resent of sending.handleRtcp(packet, time.nowMs())) sound.send(resent);
      }
    },
  });
  const packetMs = 20 / (1 + skewPpm / 1_000_000);
  time.every(packetMs, () => {
    const index = sentAtMs.length;
    sentAtMs.push(time.nowMs());
    const data = Uint8Array.of(
      TOC,
      fec ? VOICE_AND_COPY : VOICE,
      (index >> 8) & 0xff,
      index & 0xff,
      ...Array(60).keys(),
    );
    const level = { levelDbov: -20, voiceActivity: true };
    sound.send(sending.packetize({ data, timestampUs: index * 20_000, ticks: 960, level }, time.nowMs()));
    const due = sending.handleTimer(time.nowMs());
    if (due.length > 0) sound.send(serializeRtcp(due, { ssrc: SSRC, cname: "a" }));
  });
  time.runUntil(seconds * 1000);

  const snapshot = receiving.snapshot();
  const sorted = delaysMs.toSorted((a, b) => a - b);
  return {
    snapshot,
    heardMs: heardTicks / 48,
    concealed: (snapshot.concealedMs * 48) / heardTicks,
    meanDelayMs: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length,
    p99DelayMs: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    longestBurstMs: longestBurstTicks / 48,
    continuous: isContinuous,
    nackCount,
  };
}
