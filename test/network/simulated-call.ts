import { TRANSPORT_BITRATE_LIMITS } from "../../src/rtp/bitrate-limits.ts";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { H264Packetizer } from "../../src/rtp/h264/packetizer.ts";
import { PacketSender } from "../../src/rtp/packet-sender.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, type RtcpPacket, serializeRtcp } from "../../src/rtp/rtcp/compound.ts";
import { TransportFeedbackGenerator } from "../../src/rtp/transport-feedback-generator.ts";
import { VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import { nalUnit } from "../rtp/support/frames.ts";
import { concatBytes } from "../rtp/support/hex.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";
import type { LinkModelOptions } from "./link-model.ts";
import { SimulatedLink } from "./simulated-link.ts";
import type { VirtualTime } from "./virtual-time.ts";

const FRAME_MS = 1000 / 30;
const MAX_FRAME_BYTES = 30_000;
const SSRC = 7;
const RTX_SSRC = 8;
const EXTENSIONS = new HeaderExtensionMap([
  [1, HEADER_EXTENSION_URIS.absSendTime],
  [2, HEADER_EXTENSION_URIS.transportSequenceNumber],
]);

export interface SimulatedCallOptions {
  readonly time: VirtualTime;
  readonly seed: number;
  /** The way of the pictures; give one link to several calls to let them compete. */
  readonly forward: Omit<LinkModelOptions, "seed"> | SharedLink;
  /** The way of the feedback. */
  readonly backward: Omit<LinkModelOptions, "seed">;
  /** Whether pictures are encoded at the bitrate that is free, or at most at this. @default 2500000 */
  readonly maximumBps?: number;
}

/** One bottleneck for several calls: each knows its packets by a byte put in front. */
export class SharedLink {
  readonly #receivers: ((packet: Uint8Array, nowMs: number) => void)[] = [];
  readonly link: SimulatedLink;

  constructor(time: VirtualTime, model: LinkModelOptions) {
    this.link = new SimulatedLink({
      time,
      ...model,
      deliver: (packet, nowMs) => this.#receivers[packet[0] ?? 0]?.(packet.subarray(1), nowMs),
    });
  }

  join(receive: (packet: Uint8Array, nowMs: number) => void): (packet: Uint8Array) => void {
    const index = this.#receivers.push(receive) - 1;
    return (packet) => this.link.send(concatBytes(Uint8Array.of(index), packet));
  }
}

/** What a call did in one second. */
export interface CallSecond {
  /** Bits that arrived, of RTP packets. */
  readonly arrivedBps: number;
  /** Bits that passed the bottleneck, with IP, UDP and SRTP's tag: what a rate over the link's rate means. */
  readonly wireBps: number;
  readonly estimateBps: number;
  /** The longest that a packet sent in this second waited at the bottleneck. */
  readonly longestQueueMs: number;
  readonly frames: number;
}

/**
 * A sender of pictures, a receiver, and a network between them: everything but the codec is the real thing. The encoder is a
 * source that makes 30 frames a second of the size that is asked for, give or take a third, and large keyframes.
 */
export class SimulatedCall {
  readonly seconds: CallSecond[] = [];
  readonly link: SimulatedLink;
  longestFreezeMs = 0;
  receivedFrames = 0;
  sentFrames = 0;
  skippedFrames = 0;
  keyframes = 0;
  readonly #options: SimulatedCallOptions;
  readonly #random: SeededRandom;
  readonly #roundTripTime = new RoundTripTime();
  readonly #sending: VideoSendStream;
  readonly #sender: PacketSender;
  readonly #receiving: VideoReceiveStream;
  readonly #feedback = new TransportFeedbackGenerator({ senderSsrc: 9 });
  readonly #backward: SimulatedLink;
  #cancelSenderTimer = (): void => {};
  #cancelReceiverTimer = (): void => {};
  #arrivedBytes = 0;
  #passedBytesBefore = 0;
  #longestQueueMs = 0;
  #framesBefore = 0;
  #lastFrameAtMs: number;

  constructor(options: SimulatedCallOptions) {
    this.#options = options;
    const { time, seed, forward, backward } = options;
    this.#random = new SeededRandom(seed);
    this.#lastFrameAtMs = time.nowMs();
    this.#sending = new VideoSendStream({
      ssrc: SSRC,
      cname: "a",
      payloadType: 102,
      packetizer: new H264Packetizer(),
      extensions: EXTENSIONS,
      timestampOffset: 0xffff_0000,
      firstSequenceNumber: 65_000,
      wallOffsetMs: 1_700_000_000_000,
      roundTripTime: this.#roundTripTime,
      rtx: { ssrc: RTX_SSRC, payloadType: 103, firstSequenceNumber: 1 },
    });
    this.#receiving = new VideoReceiveStream({
      ssrc: SSRC,
      localSsrc: 9,
      codecs: new Map([[102, "H264"]]),
      rtxPayloadTypes: new Map([[103, 102]]),
      extensions: EXTENSIONS,
      feedback: { nack: true, pli: true, fir: false, remb: false },
      roundTripTime: this.#roundTripTime,
    });
    this.#backward = new SimulatedLink({
      time,
      seed: seed + 1,
      ...backward,
      deliver: (packet, nowMs) => this.#handleReport(packet, nowMs),
    });
    const receive = (packet: Uint8Array, nowMs: number): void => this.#receive(packet, nowMs);
    let transmit: (packet: Uint8Array) => void;
    if (forward instanceof SharedLink) {
      this.link = forward.link;
      transmit = forward.join(receive);
    } else {
      this.link = new SimulatedLink({ time, seed: seed + 2, ...forward, deliver: receive });
      transmit = (packet) => this.link.send(packet);
    }
    this.#sender = new PacketSender({
      extensions: EXTENSIONS,
      roundTripTime: this.#roundTripTime,
      limits: TRANSPORT_BITRATE_LIMITS,
      makePadding: (byteLength) => this.#sending.makePadding(byteLength),
      onFlush: () => this.#sending.restart(),
      send: (packet) => {
        transmit(packet);
        this.#longestQueueMs = Math.max(this.#longestQueueMs, this.link.queueMs);
      },
    });
    time.every(FRAME_MS, () => this.#sendFrame());
    time.every(1000, () => this.#endSecond());
  }

  /** What the estimator says. */
  get stats(): ReturnType<PacketSender["statsAt"]> {
    return this.#sender.statsAt(this.#options.time.nowMs());
  }

  #sendFrame(): void {
    const { time, maximumBps = Infinity } = this.#options;
    const nowMs = time.nowMs();
    if (this.#sender.isBehind(nowMs)) {
      this.skippedFrames += 1;
      return;
    }
    const videoBps = this.#sender.videoBpsAt(nowMs);
    if (videoBps !== undefined) this.#sending.setTransportBitrate(Math.min(videoBps, maximumBps));
    const keyframe = this.sentFrames === 0 || this.#sending.takeForcedKeyframe(nowMs);
    const usualBytes = (this.#sending.targetBitrateBps * FRAME_MS) / 8000;
    const byteLength = Math.min(
      MAX_FRAME_BYTES,
      Math.max(60, Math.round(usualBytes * (keyframe ? 5 : 0.7 + 0.6 * this.#random.next()))),
    );
    const data = keyframe
      ? concatBytes(
          nalUnit(0x67, 20, this.#random),
          nalUnit(0x68, 5, this.#random),
          nalUnit(0x65, byteLength, this.#random),
        )
      : nalUnit(0x41, byteLength, this.#random);
    const result = this.#sending.packetize({ data, keyframe, timestampUs: nowMs * 1000 }, nowMs);
    if (result.type !== "packets") throw new Error(result.type);
    this.sentFrames += 1;
    if (keyframe) this.keyframes += 1;
    this.#sender.send(result.packets, "video", nowMs);
    const report = this.#sending.handleTimer(nowMs);
    if (report.length > 0) this.#sendReport(report);
    this.#scheduleSender();
  }

  /** Sender reports travel without the link's rate, so as not to need another kind of packet there. */
  #sendReport(report: readonly RtcpPacket[]): void {
    const { time } = this.#options;
    time.after(20, () => {
      for (const packet of report) this.#receiving.handleRtcp(packet, time.nowMs());
    });
  }

  #handleReport(bytes: Uint8Array, nowMs: number): void {
    for (const packet of parseRtcp(bytes) ?? []) {
      this.#sender.handleRtcp(packet, nowMs);
      const resent = this.#sending.handleRtcp(packet, nowMs);
      if (resent.length > 0) this.#sender.send(resent, "retransmission", nowMs);
    }
    this.#scheduleSender();
  }

  #scheduleSender(): void {
    const { time } = this.#options;
    this.#cancelSenderTimer();
    const nextMs = this.#sender.nextTimerMs;
    if (nextMs === undefined) return;
    this.#cancelSenderTimer = time.at(nextMs, () => {
      this.#sender.handleTimer(time.nowMs());
      this.#scheduleSender();
    });
  }

  #receive(bytes: Uint8Array, nowMs: number): void {
    const packet = parseRtpPacket(bytes);
    if (!packet) throw new Error("a packet of our own was refused");
    this.#arrivedBytes += bytes.length;
    const transportSequence = EXTENSIONS.read(packet, "transportSequenceNumber");
    if (transportSequence === undefined) throw new Error("a packet left without its number");
    this.#feedback.handlePacket({ transportSequence, ssrc: packet.ssrc, byteLength: bytes.length }, nowMs);
    const { length } = this.#receiving.handlePacket(packet, nowMs);
    if (length > 0) {
      this.receivedFrames += length;
      this.longestFreezeMs = Math.max(this.longestFreezeMs, nowMs - this.#lastFrameAtMs);
      this.#lastFrameAtMs = nowMs;
    }
    this.#scheduleReceiver();
  }

  #scheduleReceiver(): void {
    const { time } = this.#options;
    this.#cancelReceiverTimer();
    const nextMs = Math.min(this.#receiving.nextTimerMs ?? Infinity, this.#feedback.nextTimerMs ?? Infinity);
    if (nextMs === Infinity) return;
    this.#cancelReceiverTimer = time.at(nextMs, () => {
      const nowMs = time.nowMs();
      const due = [...this.#receiving.handleTimer(nowMs), ...this.#feedback.takeFeedback(nowMs)];
      if (due.length > 0) this.#backward.send(serializeRtcp(due, { ssrc: 9, cname: "b", reducedSize: true }));
      this.#scheduleReceiver();
    });
  }

  #endSecond(): void {
    this.seconds.push({
      arrivedBps: this.#arrivedBytes * 8,
      wireBps: (this.link.counts.passedBytes - this.#passedBytesBefore) * 8,
      estimateBps: this.stats?.estimateBps ?? 0,
      longestQueueMs: Math.round(this.#longestQueueMs),
      frames: this.receivedFrames - this.#framesBefore,
    });
    this.#passedBytesBefore = this.link.counts.passedBytes;
    this.#arrivedBytes = 0;
    this.#longestQueueMs = 0;
    this.#framesBefore = this.receivedFrames;
  }
}
