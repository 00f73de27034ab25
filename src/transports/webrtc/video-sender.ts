import type { Clock } from "../../async/clock.ts";
import { VideoEncoder } from "../../codecs/video-encoder.ts";
import { FastRtcError, toError } from "../../errors.ts";
import type { EncodedVideoFrame, VideoCodec } from "../../media/encoded-video-frame.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import type { PacketSender } from "../../rtp/packet-sender.ts";
import type { RtcpPacket } from "../../rtp/rtcp/compound.ts";
import type { VideoSendStream } from "../../rtp/video-send-stream.ts";
import type { DegradationPreference } from "../../session/media-options.ts";
import { TimingWindow } from "../../session/timing-window.ts";
import type { OutboundVideoCounts } from "../../session/transport-stats.ts";
import { MediaTimeline } from "./media-timeline.ts";
import { codeOf } from "./picture-colors.ts";
import { VideoAdaptation } from "./video-adaptation.ts";

export interface VideoSenderOptions {
  readonly codec: VideoCodec;
  /** H.264 in packetization mode 0: no slice may be larger than this, in bytes. */
  readonly maxSliceBytes?: number | undefined;
  readonly stream: VideoSendStream;
  readonly clock: Clock;
  /** What gives way when the path bears too little. @default "maintain-framerate" */
  readonly degradationPreference?: DegradationPreference | undefined;
  /** Where the packets leave, and what the path bears. */
  readonly path: Pick<PacketSender, "videoBpsAt" | "lastingVideoBpsAt" | "isBehind">;
  readonly sendPackets: (packets: readonly Uint8Array[], kind: "video" | "retransmission") => void;
  readonly onFailure: (error: Error) => void;
}

/** Sends video to the peer: frames in, packets out, at the bitrate and with the keyframes that the peer asks for. */
export class VideoSender {
  readonly #options: VideoSenderOptions;
  readonly #timeline = new MediaTimeline();
  readonly #adaptation: VideoAdaptation;
  readonly #encodeTimes = new TimingWindow();
  #encoder: Promise<VideoEncoder> | undefined;
  /** The frame that is being encoded; it never rejects. */
  #encoding: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
    this.#adaptation = new VideoAdaptation(options.degradationPreference);
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

  /**
   * Resolves once the encoder is free for the frame and has copied its pixels. A frame is left out while those before it
   * still wait to leave: on a path that has become slow, pictures are rather few than late.
   */
  async send(frame: VideoFrame): Promise<void> {
    const { codec, maxSliceBytes, stream, path, clock } = this.#options;
    await this.#encoding;
    if (this.#closed) return;
    const fitted = this.#fit(frame);
    if (!fitted) return;
    this.#encoder ??= VideoEncoder.create({
      codec,
      bitrate: stream.targetBitrateBps,
      ...(maxSliceBytes && { maxSliceBytes }),
    });
    const encoder = await this.#encoder;
    if (this.#closed) return;
    const nowMs = clock.nowMs();
    stream.setTransportBitrate(path.videoBpsAt(nowMs));
    encoder.setBitrate(stream.targetBitrateBps);
    const placed = fitted.withTimestamp(this.#timeline.place(frame.timestampUs, nowMs * 1000));
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
    if (resent.length > 0) this.#options.sendPackets(resent, "retransmission");
  }

  /** A packet to probe the path with, if there is one. */
  makePadding(byteLength: number): Uint8Array | undefined {
    return this.#options.stream.makePadding(byteLength);
  }

  /** Begins anew with a keyframe: what waited to leave is gone. */
  restart(): void {
    this.#options.stream.restart();
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

  /** The frame in the size that there are bits for; `undefined` when it is to be left out. */
  #fit(frame: VideoFrame): VideoFrame | undefined {
    const { stream, path, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (path.isBehind(nowMs)) return undefined;
    const { width, height } = frame;
    const bitrateBps = path.lastingVideoBpsAt(nowMs) ?? stream.targetBitrateBps;
    const size = this.#adaptation.fit({ width, height }, { bitrateBps, nowMs });
    if (!size || (size.width === width && size.height === height)) return size && frame;
    return frame.resize(size.width, size.height);
  }

  #packetize(encoded: EncodedVideoFrame | undefined): void {
    if (!encoded || this.#closed) return;
    const { stream, clock, sendPackets, onFailure } = this.#options;
    const { colors } = encoded;
    const result = stream.packetize({ ...encoded, colorSpace: colors && codeOf(colors) }, clock.nowMs());
    if (result.type === "packets") sendPackets(result.packets, "video");
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
