import { randomBytes, randomInt } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";
import { invariant, toError } from "../../errors.ts";
import type { AudioFrame } from "../../media/audio-frame.ts";
import { FramePool } from "../../media/frame-pool.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import { writeAnswer } from "../../protocol/sdp/answer.ts";
import { type CandidateJson, parseTrickledCandidate } from "../../protocol/sdp/candidate.ts";
import { h264Format } from "../../protocol/sdp/h264-profile.ts";
import type { AgreedMedia, Negotiation } from "../../protocol/sdp/negotiation.ts";
import type { ServerMessage } from "../../protocol/server-message.ts";
import { H264Packetizer, MODE_0_MAX_SLICE_BYTES } from "../../rtp/h264/packetizer.ts";
import { HeaderExtensionMap } from "../../rtp/header-extensions.ts";
import { parseRtpPacket } from "../../rtp/packet.ts";
import { RoundTripTime } from "../../rtp/round-trip-time.ts";
import { parseRtcp, type RtcpPacket, serializeRtcp } from "../../rtp/rtcp/compound.ts";
import { TransportStamper } from "../../rtp/transport-stamper.ts";
import type { VideoCodecName } from "../../rtp/video-codec.ts";
import { VideoSendStream } from "../../rtp/video-send-stream.ts";
import { Vp8Packetizer } from "../../rtp/vp8/packetizer.ts";
import type { CloseReason } from "../../session/close-reason.ts";
import type { Logger } from "../../session/logger.ts";
import type { Transport, TransportEvents } from "../../session/transport.ts";
import type { GatheringPolicy } from "./gathering-policy.ts";
import type { UdpIceServer } from "./ice-servers.ts";
import { MessageChannel } from "./message-channel.ts";
import { NodeDataChannelTransport } from "./node-datachannel-transport.ts";
import type { PacketTransport, PacketTransportEvents, PacketTransportState } from "./packet-transport.ts";
import { PeerLiveness } from "./peer-liveness.ts";
import { VideoReceiver } from "./video-receiver.ts";
import { VideoSender } from "./video-sender.ts";

export interface WebRtcTransportOptions {
  readonly plan: Negotiation;
  readonly gathering: GatheringPolicy;
  /** STUN and TURN servers that this end can use. */
  readonly iceServers: readonly UdpIceServer[];
  readonly events: TransportEvents;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** How long a last message may take to leave before the connection is closed, in milliseconds. */
const FLUSH_MS = 200;
const FLUSH_STEP_MS = 10;

/**
 * One peer over WebRTC: the packet transport below, RTP and codecs in between, frames and messages above.
 * It only passes things on; what is to be decided is decided in `rtp/` and in the session.
 */
export class WebRtcTransport implements Transport {
  readonly kind = "webrtc";
  readonly #plan: Negotiation;
  readonly #events: TransportEvents;
  readonly #clock: Clock;
  readonly #packets: PacketTransport;
  readonly #stamper: TransportStamper;
  readonly #pool = new FramePool();
  readonly #messages = new MessageChannel();
  readonly #liveness: PeerLiveness;
  readonly #receiver: VideoReceiver | undefined;
  readonly #sender: VideoSender | undefined;
  readonly #rtcpOptions: { readonly ssrc: number; readonly cname: string; readonly reducedSize: boolean };
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #connected = false;
  #closing: Promise<void> | undefined;

  /** @throws {FastRtcError} `invalid_sdp` when the offer's transport cannot be used. */
  static async open(options: WebRtcTransportOptions): Promise<WebRtcTransport> {
    const { gathering, iceServers } = options;
    const plan = gathering.plan(iceServers);
    const transport = new WebRtcTransport(options, plan.iceServers);
    await gathering.gather(transport.#packets, plan);
    return transport;
  }

  private constructor(
    { plan, events, clock = systemClock }: WebRtcTransportOptions,
    iceServers: readonly UdpIceServer[],
  ) {
    this.#plan = plan;
    this.#events = events;
    this.#clock = clock;
    this.#liveness = new PeerLiveness({ clock, onSilence: () => this.#lost("peer-silent") });

    const received = plan.media.find(({ section, direction }) => section.kind === "video" && direction !== "sendonly");
    const sent = plan.media.find(({ section, direction }) => section.kind === "video" && direction !== "recvonly");
    const ssrc = randomInt(1, 2 ** 32);
    const cname = randomBytes(12).toString("base64url");
    this.#rtcpOptions = { ssrc, cname, reducedSize: plan.media.every(({ section }) => section.rtcpReducedSize) };
    const extensions = new HeaderExtensionMap(
      plan.media.flatMap((media) => media.headerExtensions.map(({ id, uri }) => [id, uri] as const)),
    );
    this.#stamper = new TransportStamper(extensions);
    const roundTripTime = new RoundTripTime();

    this.#packets = new NodeDataChannelTransport(
      {
        ...plan.transport,
        media: plan.media.length > 0,
        dataChannel: plan.dataChannel && { maxMessageSize: plan.dataChannel.maxMessageSize ?? 65_536 },
      },
      this.#packetEvents(),
      { iceServers, clock },
    );
    for (const candidate of plan.transport.candidates) this.#packets.addRemoteCandidate(candidate);

    if (received) {
      this.#receiver = new VideoReceiver({
        localSsrc: ssrc,
        codecs: new Map([[received.codec.payloadType, codecName(received)]]),
        extensions,
        feedback: {
          nack: received.feedback.includes("nack"),
          pli: received.feedback.includes("nack pli"),
          fir: received.feedback.includes("ccm fir"),
          remb: received.feedback.includes("goog-remb"),
        },
        roundTripTime,
        pool: this.#pool,
        clock,
        onFrame: (frame) => events.videoFrame(frame),
        onFailure: (error) => events.failure(error),
        onRtcpDue: () => this.#scheduleTimer(),
      });
    }
    if (sent) {
      const mode0 = codecName(sent) === "H264" && h264Format(sent.codec)?.packetizationMode === 0;
      this.#sender = new VideoSender({
        codec: codecName(sent),
        maxSliceBytes: mode0 ? MODE_0_MAX_SLICE_BYTES : undefined,
        stream: new VideoSendStream({
          ssrc,
          cname,
          payloadType: sent.codec.payloadType,
          packetizer:
            codecName(sent) === "H264"
              ? new H264Packetizer({ packetizationMode: mode0 ? 0 : 1 })
              : new Vp8Packetizer({ firstPictureId: randomInt(2 ** 15) }),
          extensions,
          ...(sent.section.mid !== undefined && { mid: sent.section.mid }),
          playoutDelay: { minimumMs: 0, maximumMs: 0 },
          timestampOffset: randomInt(2 ** 32),
          firstSequenceNumber: randomInt(2 ** 15),
          wallOffsetMs: clock.wallMs() - clock.nowMs(),
          roundTripTime,
        }),
        clock,
        sendPackets: (packets) => this.#sendPackets(packets),
        onFailure: (error) => events.failure(error),
      });
    }
  }

  /** The SDP to answer the peer with, with the candidates found so far. */
  get answer(): string {
    const { ssrc, cname } = this.#rtcpOptions;
    return writeAnswer(this.#plan, {
      local: this.#packets.local,
      candidates: this.#packets.localCandidates,
      sessionId: randomInt(2 ** 47),
      streamFor: () => ({ ssrc, cname, streamId: "fastrtc", trackId: "video" }),
    });
  }

  async sendVideo(frame: VideoFrame): Promise<void> {
    if (this.#connected && !this.#closing) await this.#sender?.send(frame);
  }

  sendAudio(_frame: AudioFrame): void {}

  clearAudio(): void {}

  sendMessage(message: ServerMessage): void {
    if (!this.#closing) this.#messages.send(message);
  }

  /**
   * Adds a way to reach the peer that it has found since its offer.
   * @throws {FastRtcError} `invalid_candidate` when it is not one.
   */
  addRemoteCandidate(json: CandidateJson): void {
    const { candidate } = parseTrickledCandidate(json);
    if (candidate) this.#packets.addRemoteCandidate(candidate);
    this.#events.progress();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#liveness.stop();
    this.#timer?.cancel();
    if (this.#connected) await this.#flushMessages();
    await this.#packets.close();
    await Promise.all([this.#receiver?.close(), this.#sender?.close()]);
    this.#pool.close();
  }

  async #flushMessages(): Promise<void> {
    for (let waitedMs = 0; waitedMs < FLUSH_MS && !this.#messages.flushed; waitedMs += FLUSH_STEP_MS) {
      await this.#clock.sleep(FLUSH_STEP_MS);
    }
  }

  #packetEvents(): PacketTransportEvents {
    return {
      rtp: (bytes, arrivalMs) => {
        this.#liveness.heard();
        const packet = parseRtpPacket(bytes);
        if (!packet || this.#closing) return;
        this.#receiver?.handlePacket(packet, arrivalMs);
        this.#scheduleTimer();
      },
      rtcp: (bytes, arrivalMs) => {
        this.#liveness.heard();
        if (this.#closing) return;
        for (const packet of parseRtcp(bytes) ?? []) {
          this.#receiver?.handleRtcp(packet, arrivalMs);
          this.#sender?.handleRtcp(packet, arrivalMs);
        }
        this.#scheduleTimer();
      },
      state: (state) => this.#stateChanged(state),
      channelOpen: (channel) => this.#messages.opened(channel),
      channelMessage: (_channel, message) => {
        this.#liveness.heard();
        if (typeof message === "string") this.#events.message(message);
      },
      channelClosed: (channel) => this.#messages.closed(channel),
      localCandidate: () => {},
      error: (error) => this.#events.failure(error),
    };
  }

  #stateChanged(state: PacketTransportState): void {
    switch (state) {
      case "connecting":
        return;
      case "connected":
        this.#connected = true;
        if (this.#receiver || this.#sender) this.#liveness.start();
        this.#events.connected();
        return;
      case "disconnected":
      case "closed":
        this.#lost("peer-left");
        return;
      case "failed":
        this.#lost("connection-failed");
        return;
    }
  }

  #lost(reason: CloseReason): void {
    this.#connected = false;
    if (!this.#closing) this.#events.closed(reason);
  }

  #sendPackets(packets: readonly Uint8Array[]): void {
    const nowMs = this.#clock.nowMs();
    for (const packet of packets) {
      this.#stamper.stamp(packet, nowMs);
      this.#packets.send(packet);
    }
    this.#scheduleTimer();
  }

  /** Sees to it that RTCP leaves when it is due; one timer serves all streams of the peer. */
  #scheduleTimer(): void {
    const nextMs = Math.min(this.#receiver?.nextTimerMs ?? Infinity, this.#sender?.nextTimerMs ?? Infinity);
    if (this.#closing || nextMs === Infinity || (this.#timer && this.#timer.atMs <= nextMs)) return;
    this.#timer?.cancel();
    const cancel = this.#clock.after(Math.max(0, nextMs - this.#clock.nowMs()), () => {
      this.#timer = undefined;
      try {
        this.#sendDueRtcp();
      } catch (thrown) {
        this.#events.failure(toError(thrown));
      }
      this.#scheduleTimer();
    });
    this.#timer = { atMs: nextMs, cancel };
  }

  #sendDueRtcp(): void {
    const nowMs = this.#clock.nowMs();
    const due: RtcpPacket[] = [
      ...(this.#sender?.handleTimer(nowMs) ?? []),
      ...(this.#receiver?.handleTimer(nowMs) ?? []),
    ];
    if (due.length > 0) this.#packets.send(serializeRtcp(due, this.#rtcpOptions));
  }
}

function codecName({ codec }: AgreedMedia): VideoCodecName {
  const name = codec.name.toUpperCase();
  invariant(name === "H264" || name === "VP8", "only codecs of the plan are agreed on");
  return name;
}
