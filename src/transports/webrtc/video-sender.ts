import type { Clock } from "../../async/clock.ts";
import { VideoEncoder } from "../../codecs/video-encoder.ts";
import { FastRtcError, toError } from "../../errors.ts";
import type { EncodedVideoFrame, VideoCodec } from "../../media/encoded-video-frame.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import type { RtcpPacket } from "../../rtp/rtcp/compound.ts";
import type { VideoSendStream } from "../../rtp/video-send-stream.ts";
import { TimingWindow } from "../../session/timing-window.ts";
import type { OutboundVideoCounts } from "../../session/transport-stats.ts";
import { MediaTimeline } from "./media-timeline.ts";

export interface VideoSenderOptions {
  readonly codec: VideoCodec;
  /** H.264 in packetization mode 0: no slice may be larger than this, in bytes. */
  readonly maxSliceBytes?: number | undefined;
  readonly stream: VideoSendStream;
  readonly clock: Clock;
  readonly sendPackets: (packets: readonly Uint8Array[]) => void;
  readonly onFailure: (error: Error) => void;
}

/** Sends video to the peer: frames in, packets out, at the bitrate and with the keyframes that the peer asks for. */
export class VideoSender {
  readonly #options: VideoSenderOptions;
  readonly #timeline = new MediaTimeline();
  readonly #encodeTimes = new TimingWindow();
  #encoder: Promise<VideoEncoder> | undefined;
  /** The frame that is being encoded; it never rejects. */
  #encoding: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
  }

  get nextTimerMs(): number | undefined {
    return this.#options.stream.nextTimerMs;
  }

  get stats(): OutboundVideoCounts {
    const { codec, stream } = this.#options;
    const { packetCount, byteCount, frameCount, keyframeCount, resentPacketCount, fractionLost, targetBps } =
      stream.stats;
    return {
      codec,
      packets: packetCount,
      bytes: byteCount,
      frames: frameCount,
      keyframes: keyframeCount,
      packetsResent: resentPacketCount,
      fractionLost,
      targetBps,
      encode: this.#encodeTimes.read(),
    };
  }

  /** Resolves once the encoder is free for the frame and has copied its pixels. */
  async send(frame: VideoFrame): Promise<void> {
    const { codec, maxSliceBytes, stream, clock } = this.#options;
    await this.#encoding;
    if (this.#closed) return;
    this.#encoder ??= VideoEncoder.create({
      codec,
      bitrate: stream.targetBitrateBps,
      ...(maxSliceBytes && { maxSliceBytes }),
    });
    const encoder = await this.#encoder;
    if (this.#closed) return;
    const nowMs = clock.nowMs();
    encoder.setBitrate(stream.targetBitrateBps);
    const placed = frame.withTimestamp(this.#timeline.place(frame.timestampUs, nowMs * 1000));
    this.#encoding = encoder.encode(placed, { keyframe: stream.takeForcedKeyframe(nowMs) }).then(
      (encoded) => {
        this.#encodeTimes.note(clock.nowMs() - nowMs);
        this.#packetize(encoded);
      },
      (thrown: unknown) => this.#options.onFailure(toError(thrown)),
    );
  }

  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    const resent = this.#options.stream.handleRtcp(packet, nowMs);
    if (resent.length > 0) this.#options.sendPackets(resent);
  }

  handleTimer(nowMs: number): RtcpPacket[] {
    return this.#options.stream.handleTimer(nowMs);
  }

  /** Frees the encoder. Harmless when repeated. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#encoding;
    await (await this.#encoder)?.close();
  }

  #packetize(encoded: EncodedVideoFrame | undefined): void {
    if (!encoded || this.#closed) return;
    const { stream, clock, sendPackets, onFailure } = this.#options;
    const result = stream.packetize(encoded, clock.nowMs());
    if (result.type === "packets") sendPackets(result.packets);
    else {
      onFailure(
        new FastRtcError(
          "codec_failed",
          `The encoder made a slice of ${result.byteLength} bytes; ${result.maxByteLength} fit into a packet.`,
        ),
      );
    }
  }
}
