import { BoundedQueue } from "../../async/bounded-queue.ts";
import type { Clock } from "../../async/clock.ts";
import { VideoDecoder } from "../../codecs/video-decoder.ts";
import { toError } from "../../errors.ts";
import type { FramePool } from "../../media/frame-pool.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import { FrameSpacer } from "../../rtp/frame-spacer.ts";
import type { RtpPacket } from "../../rtp/packet.ts";
import type { RtcpPacket } from "../../rtp/rtcp/compound.ts";
import { TimingWindow } from "../../session/timing-window.ts";
import type { InboundVideoCounts } from "../../session/transport-stats.ts";
import {
  type ReceivedVideoFrame,
  VideoReceiveStream,
  type VideoReceiveStreamOptions,
} from "../../rtp/video-receive-stream.ts";
import { OwnLateness } from "./own-lateness.ts";
import { colorsOf } from "./picture-colors.ts";

/** How many compressed pictures may wait for the decoder: a third of a second. */
const MAX_WAITING = 10;
/** How many after this thread was blocked: two seconds' worth, which a decoder has caught up with long before a keyframe could come. */
const MAX_BACKLOG = 60;
/** After this long without a packet another stream may take the place of the one that is received, in milliseconds. */
const ABANDONED_MS = 1000;

export interface VideoReceiverOptions extends Omit<VideoReceiveStreamOptions, "ssrc"> {
  readonly pool: FramePool;
  readonly clock: Clock;
  /** @param isOvertaken whether a newer one, which came while this thread was blocked, follows at once */
  readonly onFrame: (frame: VideoFrame, isOvertaken: boolean) => void;
  readonly onFailure: (error: Error) => void;
  /** Called when RTCP has become due outside of a call into the receiver. */
  readonly onRtcpDue: () => void;
}

/**
 * Receives the peer's video: packets in, decoded frames out. Compressed pictures wait for the decoder in a short queue; when the machine
 * cannot keep up, all that waits is dropped and decoding goes on from a new keyframe, so that lateness never grows. What came while a
 * handler blocked this thread is decoded without a pause, and all but the newest of it is marked as overtaken.
 */
export class VideoReceiver {
  readonly #options: VideoReceiverOptions;
  readonly #waiting = new BoundedQueue<ReceivedVideoFrame>({
    capacity: MAX_BACKLOG,
    overflow: "drop-oldest",
    onTake: () => {
      this.#backlogCount = Math.max(0, this.#backlogCount - 1);
    },
  });
  readonly #spacer = new FrameSpacer<ReceivedVideoFrame>();
  readonly #lateness: OwnLateness;
  /** How many of those that wait came while this thread was blocked. */
  #backlogCount = 0;
  #shedCount = 0;
  #ssrc: number | undefined;
  #stream: VideoReceiveStream | undefined;
  #lastPacketMs = 0;
  #decoder: VideoDecoder | undefined;
  readonly #decoding: Promise<void>;
  readonly #decodeTimes = new TimingWindow();
  #codec: ReceivedVideoFrame["codec"] | undefined;

  constructor(options: VideoReceiverOptions) {
    this.#options = options;
    this.#lateness = new OwnLateness(options.clock);
    this.#decoding = this.#decodeAll().catch((thrown: unknown) => options.onFailure(toError(thrown)));
  }

  get nextTimerMs(): number | undefined {
    const nextMs = Math.min(this.#stream?.nextTimerMs ?? Infinity, this.#spacer.nextTimerMs ?? Infinity);
    return nextMs === Infinity ? undefined : nextMs;
  }

  /** Absent before the first packet. */
  get stats(): InboundVideoCounts | undefined {
    if (!this.#stream) return undefined;
    const snapshot = this.#stream.snapshot();
    return {
      codec: this.#codec,
      packets: snapshot.packetCount,
      bytes: snapshot.byteCount,
      packetsLost: snapshot.cumulativeLost,
      packetsRepaired: snapshot.repairedPacketCount,
      jitterMs: snapshot.jitterMs,
      frames: snapshot.frameCount,
      keyframes: snapshot.keyframeCount,
      framesDropped: snapshot.droppedFrameCount,
      framesShed: this.#shedCount,
      nacks: snapshot.nackedPacketCount,
      keyframeRequests: snapshot.keyframeRequestCount,
      allowedBps: snapshot.allowedBps,
      decode: this.#decodeTimes.read(),
    };
  }

  /** Takes a packet; those of other streams than the one that is received, and of its retransmissions, are passed over. */
  handlePacket(packet: RtpPacket, nowMs: number): void {
    const { codecs, rtxPayloadTypes } = this.#options;
    const isRetransmission = rtxPayloadTypes?.has(packet.payloadType) === true;
    if (!isRetransmission && !codecs.has(packet.payloadType)) return;
    if (!isRetransmission && packet.ssrc !== this.#ssrc) {
      if (this.#stream && nowMs - this.#lastPacketMs < ABANDONED_MS) return;
      this.#ssrc = packet.ssrc;
      this.#stream = new VideoReceiveStream({ ...this.#options, ssrc: packet.ssrc });
      this.#shed();
    }
    this.#lastPacketMs = nowMs;
    const frames = this.#stream?.handlePacket(packet, nowMs) ?? [];
    if (this.#lateness.isBehindAt(nowMs)) this.#decodeBacklog(this.#spacer.takeAll(nowMs, frames));
    else if (frames.length > 0) this.#decodeLater(this.#spacer.push(frames, nowMs));
  }

  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    this.#stream?.handleRtcp(packet, nowMs);
  }

  handleTimer(nowMs: number): RtcpPacket[] {
    if (this.#lateness.isBehindAt(nowMs)) this.#decodeBacklog(this.#spacer.takeAll(nowMs));
    else this.#decodeLater(this.#spacer.takeDue(nowMs));
    return this.#stream?.handleTimer(nowMs) ?? [];
  }

  /** Frees the decoder. Harmless when repeated. */
  async close(): Promise<void> {
    this.#spacer.clear();
    this.#waiting.end();
    await this.#decoder?.close();
    await this.#decoding;
  }

  #decodeBacklog(frames: readonly ReceivedVideoFrame[]): void {
    if (frames.length === 0) return;
    this.#decodeLater(frames, MAX_BACKLOG);
    this.#backlogCount = this.#waiting.length;
  }

  #decodeLater(
    frames: readonly ReceivedVideoFrame[],
    capacity = this.#backlogCount > 0 ? MAX_BACKLOG : MAX_WAITING,
  ): void {
    for (const [index, frame] of frames.entries()) {
      if (this.#waiting.length < capacity) {
        this.#waiting.push(frame);
        continue;
      }
      this.#shed();
      this.#shedCount += frames.length - index;
      this.#stream?.requireKeyframe();
      return;
    }
  }

  /** Gives up all whole pictures that wait. */
  #shed(): void {
    this.#shedCount += this.#waiting.length + this.#spacer.length;
    this.#waiting.clear();
    this.#spacer.clear();
    this.#backlogCount = 0;
  }

  async #decodeAll(): Promise<void> {
    for await (const unit of this.#waiting) {
      if (!this.#decoder || unit.codec !== this.#codec) {
        await this.#decoder?.close();
        this.#codec = unit.codec;
        this.#decoder = await VideoDecoder.create({ codec: unit.codec, pool: this.#options.pool });
        if (this.#waiting.ended) {
          await this.#decoder.close();
          return;
        }
      }
      const startMs = this.#options.clock.nowMs();
      const { frames, keyframeNeeded } = await this.#decoder.decode({ ...unit, colors: colorsOf(unit.colorSpace) });
      this.#decodeTimes.note(this.#options.clock.nowMs() - startMs);
      // What came while this thread was blocked lies with the engine still when the decoder's answer overtakes it.
      if (this.#lateness.isBehindAt(this.#options.clock.nowMs()) && this.#backlogCount === 0) await packetsAtHand();
      for (const frame of frames) this.#options.onFrame(frame, this.#backlogCount > 0);
      if (keyframeNeeded) {
        this.#stream?.requireKeyframe();
        this.#options.onRtcpDue();
      }
    }
  }
}

/** Resolves when the packets that the engine holds have been taken: it brings them in one turn, and they are read in the next. */
function packetsAtHand(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
