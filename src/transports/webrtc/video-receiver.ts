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

/** How many compressed pictures may wait for the decoder: a third of a second. */
const MAX_WAITING = 10;
/** After this long without a packet another stream may take the place of the one that is received, in milliseconds. */
const ABANDONED_MS = 1000;

export interface VideoReceiverOptions extends Omit<VideoReceiveStreamOptions, "ssrc"> {
  readonly pool: FramePool;
  readonly clock: Clock;
  readonly onFrame: (frame: VideoFrame) => void;
  readonly onFailure: (error: Error) => void;
  /** Called when RTCP has become due outside of a call into the receiver. */
  readonly onRtcpDue: () => void;
}

/**
 * Receives the peer's video: packets in, decoded frames out. Compressed pictures wait for the decoder in a short queue; when the machine
 * cannot keep up, all that waits is dropped and decoding goes on from a new keyframe, so that lateness never grows.
 */
export class VideoReceiver {
  readonly #options: VideoReceiverOptions;
  readonly #waiting = new BoundedQueue<ReceivedVideoFrame>({ capacity: MAX_WAITING, overflow: "drop-oldest" });
  readonly #spacer = new FrameSpacer<ReceivedVideoFrame>();
  #ssrc: number | undefined;
  #stream: VideoReceiveStream | undefined;
  #lastPacketMs = 0;
  #decoder: VideoDecoder | undefined;
  readonly #decoding: Promise<void>;
  readonly #decodeTimes = new TimingWindow();
  #codec: ReceivedVideoFrame["codec"] | undefined;

  constructor(options: VideoReceiverOptions) {
    this.#options = options;
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
      framesDropped: snapshot.droppedFrameCount + this.#waiting.droppedCount,
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
      this.#spacer.clear();
      this.#waiting.clear();
    }
    this.#lastPacketMs = nowMs;
    const frames = this.#stream?.handlePacket(packet, nowMs) ?? [];
    if (frames.length > 0) this.#decodeLater(this.#spacer.push(frames, nowMs));
  }

  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    this.#stream?.handleRtcp(packet, nowMs);
  }

  handleTimer(nowMs: number): RtcpPacket[] {
    this.#decodeLater(this.#spacer.takeDue(nowMs));
    return this.#stream?.handleTimer(nowMs) ?? [];
  }

  /** Frees the decoder. Harmless when repeated. */
  async close(): Promise<void> {
    this.#spacer.clear();
    this.#waiting.end();
    await this.#decoder?.close();
    await this.#decoding;
  }

  #decodeLater(frames: readonly ReceivedVideoFrame[]): void {
    for (const frame of frames) {
      const dropped = this.#waiting.droppedCount;
      this.#waiting.push(frame);
      if (this.#waiting.droppedCount === dropped) continue;
      this.#waiting.clear();
      this.#spacer.clear();
      this.#stream?.requireKeyframe();
      return;
    }
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
      const { frames, keyframeNeeded } = await this.#decoder.decode(unit);
      this.#decodeTimes.note(this.#options.clock.nowMs() - startMs);
      for (const frame of frames) this.#options.onFrame(frame);
      if (keyframeNeeded) {
        this.#stream?.requireKeyframe();
        this.#options.onRtcpDue();
      }
    }
  }
}
