import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "../../async/clock.ts";
import { invariant, toError } from "../../errors.ts";
import type { AudioFrame } from "../../media/audio-frame.ts";
import { FramePool } from "../../media/frame-pool.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import type { SentStream } from "../../protocol/sdp/answer.ts";
import { h264Format } from "../../protocol/sdp/h264-profile.ts";
import type { AgreedMedia, Negotiation } from "../../protocol/sdp/negotiation.ts";
import { AudioSendStream, type AudioSendStreamOptions } from "../../rtp/audio-send-stream.ts";
import { H264Packetizer, MODE_0_MAX_SLICE_BYTES } from "../../rtp/h264/packetizer.ts";
import { TRANSPORT_BITRATE_LIMITS } from "../../rtp/bitrate-limits.ts";
import { HeaderExtensionMap } from "../../rtp/header-extensions.ts";
import type { PacketKind } from "../../rtp/pacer.ts";
import { PacketSender } from "../../rtp/packet-sender.ts";
import { parseRtpPacket, type RtpPacket } from "../../rtp/packet.ts";
import { RoundTripTime } from "../../rtp/round-trip-time.ts";
import { parseRtcp, type RtcpPacket, serializeRtcp } from "../../rtp/rtcp/compound.ts";
import { TransportFeedbackGenerator } from "../../rtp/transport-feedback-generator.ts";
import type { VideoCodecName } from "../../rtp/video-codec.ts";
import { VideoSendStream } from "../../rtp/video-send-stream.ts";
import { Vp8Packetizer } from "../../rtp/vp8/packetizer.ts";
import type { DegradationPreference } from "../../session/media-options.ts";
import type { TransportStats } from "../../session/transport-stats.ts";
import type { AudioFormat, TransportEvents } from "../../session/transport.ts";
import { AudioReceiver } from "./audio-receiver.ts";
import { AudioSender } from "./audio-sender.ts";
import { opusFormat, usesTransportFeedback } from "./media-plan.ts";
import { VideoReceiver } from "./video-receiver.ts";
import { VideoSender } from "./video-sender.ts";

export interface PeerMediaOptions {
  readonly plan: Negotiation;
  readonly clock: Clock;
  readonly events: Pick<TransportEvents, "videoFrame" | "audioFrame" | "failure">;
  /** What gives way when the path to the peer bears too little. @default "maintain-framerate" */
  readonly degradationPreference?: DegradationPreference | undefined;
  /** Sends an RTP or RTCP packet; only called once `start` was. */
  readonly send: (packet: Uint8Array) => void;
}

/**
 * The media of one peer: packets below, frames above, a receiver and a sender for each kind in between. All streams have
 * one CNAME and one wall clock, so that the peer plays sound and picture in step, and one timer for their RTCP.
 */
export class PeerMedia {
  readonly #options: PeerMediaOptions;
  readonly #cname = randomBytes(12).toString("base64url");
  readonly #ssrcs = {
    video: randomInt(1, 2 ** 30),
    videoRetransmissions: randomInt(2 ** 30, 2 ** 31),
    audio: randomInt(2 ** 31, 2 ** 32),
  } as const;
  readonly #reducedSizeRtcp: boolean;
  readonly #extensions: HeaderExtensionMap;
  readonly #sender: PacketSender;
  /** What tells the peer which of its packets arrived and when, if it wants to know. */
  readonly #feedback: TransportFeedbackGenerator | undefined;
  readonly #wallOffsetMs: number;
  readonly #roundTripTime = new RoundTripTime();
  readonly #pool = new FramePool();
  readonly #videoReceiver: VideoReceiver | undefined;
  readonly #videoSender: VideoSender | undefined;
  readonly #audioReceiver: AudioReceiver | undefined;
  readonly #audioSender: AudioSender | undefined;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #started = false;
  #closed = false;

  constructor(options: PeerMediaOptions) {
    this.#options = options;
    const { clock, plan } = options;
    const { media } = plan;
    this.#wallOffsetMs = clock.wallMs() - clock.nowMs();
    this.#reducedSizeRtcp = media.every(({ section }) => section.rtcpReducedSize);
    this.#extensions = new HeaderExtensionMap(
      media.flatMap(({ headerExtensions }) => headerExtensions.map(({ id, uri }) => [id, uri] as const)),
    );
    const isEstimated = usesTransportFeedback(plan);
    this.#feedback = isEstimated ? new TransportFeedbackGenerator({ senderSsrc: this.#ssrcs.video }) : undefined;
    this.#sender = new PacketSender({
      extensions: this.#extensions,
      roundTripTime: this.#roundTripTime,
      limits: isEstimated ? TRANSPORT_BITRATE_LIMITS : undefined,
      makePadding: (byteLength) => this.#videoSender?.makePadding(byteLength),
      send: (packet) => options.send(packet),
      onFlush: () => this.#videoSender?.restart(),
    });
    for (const agreed of media) {
      const { section, direction } = agreed;
      const audio = section.kind === "audio";
      if (direction !== "sendonly") {
        if (audio) this.#audioReceiver = this.#receiveAudio(agreed);
        else this.#videoReceiver = this.#receiveVideo(agreed);
      }
      if (direction !== "recvonly") {
        if (audio) this.#audioSender = this.#sendAudioOn(agreed);
        else this.#videoSender = this.#sendVideoOn(agreed);
      }
    }
  }

  /** Whether anything is sent or received. */
  get active(): boolean {
    return this.#options.plan.media.length > 0;
  }

  /** Resolves once sound can be encoded, or never will be. */
  get ready(): Promise<void> {
    return this.#audioSender?.ready ?? Promise.resolve();
  }

  /** What `sendAudio` takes; absent when no sound is sent. */
  get audioFormat(): AudioFormat | undefined {
    return this.#audioSender?.format;
  }

  /** How a section that sends is announced in the answer. One stream for both kinds: browsers play what shares one in step. */
  streamFor({ section, rtxPayloadType }: AgreedMedia): SentStream {
    const kind = section.kind === "audio" ? "audio" : "video";
    const rtxSsrc = rtxPayloadType === undefined ? undefined : this.#ssrcs.videoRetransmissions;
    return { ssrc: this.#ssrcs[kind], rtxSsrc, cname: this.#cname, streamId: "fastrtc", trackId: kind };
  }

  /** Lets media out: the peer is connected. */
  start(): void {
    this.#started = true;
    this.#audioSender?.start(this.#options.clock.nowMs());
    this.#scheduleTimer();
  }

  async sendVideo(frame: VideoFrame): Promise<void> {
    if (this.#started && !this.#closed) await this.#videoSender?.send(frame);
  }

  sendAudio(frame: AudioFrame): void {
    if (this.#started && !this.#closed) this.#audioSender?.send(frame);
  }

  /** Drops the sound that has not been sent. */
  clearAudio(): void {
    this.#audioSender?.clear();
    this.#scheduleTimer();
  }

  /** Whether sound that was to be sent has yet to leave. */
  get holdsSound(): boolean {
    return this.#audioSender?.isBusy === true;
  }

  handleRtp(bytes: Uint8Array, arrivalMs: number): void {
    const packet = parseRtpPacket(bytes);
    if (!packet || this.#closed) return;
    if (this.#feedback) this.#noteArrival(this.#feedback, packet, arrivalMs);
    this.#videoReceiver?.handlePacket(packet, arrivalMs);
    this.#audioReceiver?.handlePacket(packet, arrivalMs);
    this.#scheduleTimer();
  }

  handleRtcp(bytes: Uint8Array, arrivalMs: number): void {
    if (this.#closed) return;
    for (const packet of parseRtcp(bytes) ?? []) {
      this.#sender.handleRtcp(packet, arrivalMs);
      for (const stream of this.#streams) stream.handleRtcp(packet, arrivalMs);
    }
    this.#scheduleTimer();
  }

  stats(): TransportStats {
    const path = this.#sender.statsAt(this.#options.clock.nowMs());
    return {
      inbound: { video: this.#videoReceiver?.stats, audio: this.#audioReceiver?.stats },
      outbound: { video: this.#videoSender?.stats, audio: this.#audioSender?.stats },
      roundTripMs: this.#roundTripTime.currentMs,
      availableOutgoingBps: path?.estimateBps,
      pacerMs: path?.queueMs,
    };
  }

  /** Lets nothing more out, and nothing in; `close` frees the codecs. */
  stop(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** Frees the codecs. Harmless when repeated. */
  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.#streams.map((stream) => stream.close()));
    this.#pool.close();
  }

  /** Senders first: their reports are what a compound RTCP packet begins with. */
  get #streams(): (VideoSender | AudioSender | VideoReceiver | AudioReceiver)[] {
    return [this.#videoSender, this.#audioSender, this.#videoReceiver, this.#audioReceiver].filter(
      (stream) => stream !== undefined,
    );
  }

  #receiveVideo(agreed: AgreedMedia): VideoReceiver {
    const { clock, events } = this.#options;
    const { codec, feedback, rtxPayloadType } = agreed;
    return new VideoReceiver({
      localSsrc: this.#ssrcs.video,
      codecs: new Map([[codec.payloadType, codecName(agreed)]]),
      ...(rtxPayloadType !== undefined && { rtxPayloadTypes: new Map([[rtxPayloadType, codec.payloadType]]) }),
      extensions: this.#extensions,
      feedback: {
        nack: feedback.includes("nack"),
        pli: feedback.includes("nack pli"),
        fir: feedback.includes("ccm fir"),
        // Browsers that are told of every packet need nobody else's estimate.
        remb: feedback.includes("goog-remb") && !this.#feedback,
      },
      roundTripTime: this.#roundTripTime,
      pool: this.#pool,
      clock,
      onFrame: (frame, isOvertaken) => events.videoFrame(frame, isOvertaken),
      onFailure: (error) => events.failure(error),
      onRtcpDue: () => this.#scheduleTimer(),
    });
  }

  #sendVideoOn(agreed: AgreedMedia): VideoSender {
    const { clock, events, degradationPreference } = this.#options;
    const h264 = codecName(agreed) === "H264";
    const mode0 = h264 && h264Format(agreed.codec)?.packetizationMode === 0;
    return new VideoSender({
      codec: codecName(agreed),
      maxSliceBytes: mode0 ? MODE_0_MAX_SLICE_BYTES : undefined,
      stream: new VideoSendStream({
        ...this.#sendOptions(agreed, "video"),
        packetizer: h264
          ? new H264Packetizer({ packetizationMode: mode0 ? 0 : 1 })
          : new Vp8Packetizer({ firstPictureId: randomInt(2 ** 15) }),
        playoutDelay: { minimumMs: 0, maximumMs: 0 },
        lossyPlayoutDelay: { minimumMs: 0, maximumMs: 2000 },
        ...(agreed.rtxPayloadType !== undefined && {
          rtx: {
            ssrc: this.#ssrcs.videoRetransmissions,
            payloadType: agreed.rtxPayloadType,
            firstSequenceNumber: randomInt(2 ** 15),
          },
        }),
      }),
      clock,
      degradationPreference,
      path: this.#sender,
      sendPackets: (packets, kind) => this.#sendPackets(packets, kind),
      onFailure: (error) => events.failure(error),
    });
  }

  #receiveAudio({ codec, feedback }: AgreedMedia): AudioReceiver {
    const { events } = this.#options;
    return new AudioReceiver({
      localSsrc: this.#ssrcs.audio,
      payloadType: codec.payloadType,
      channels: opusFormat(codec).receivedChannels,
      nack: feedback.includes("nack"),
      roundTripTime: this.#roundTripTime,
      onFrame: (frame) => events.audioFrame(frame),
      onFailure: (error) => events.failure(error),
    });
  }

  #sendAudioOn(agreed: AgreedMedia): AudioSender {
    const { clock, events } = this.#options;
    const { sentChannels, forwardErrorCorrection, discontinuous, maximumBps } = opusFormat(agreed.codec);
    return new AudioSender({
      channels: sentChannels,
      maximumBps,
      path: this.#sender,
      forwardErrorCorrection,
      discontinuous,
      stream: new AudioSendStream({
        ...this.#sendOptions(agreed, "audio"),
        nack: agreed.feedback.includes("nack"),
      }),
      clock,
      sendPackets: (packets) => this.#sendPackets(packets, "audio"),
      onFailure: (error) => events.failure(error),
    });
  }

  #sendOptions({ section, codec }: AgreedMedia, kind: "audio" | "video"): AudioSendStreamOptions {
    return {
      ssrc: this.#ssrcs[kind],
      cname: this.#cname,
      payloadType: codec.payloadType,
      extensions: this.#extensions,
      ...(section.mid !== undefined && { mid: section.mid }),
      timestampOffset: randomInt(2 ** 32),
      firstSequenceNumber: randomInt(2 ** 15),
      wallOffsetMs: this.#wallOffsetMs,
      roundTripTime: this.#roundTripTime,
    };
  }

  #sendPackets(packets: readonly Uint8Array[], kind: PacketKind): void {
    if (this.#closed) return;
    this.#sender.send(packets, kind, this.#options.clock.nowMs());
    this.#scheduleTimer();
  }

  #noteArrival(feedback: TransportFeedbackGenerator, packet: RtpPacket, arrivalMs: number): void {
    const transportSequence = this.#extensions.read(packet, "transportSequenceNumber");
    if (transportSequence === undefined) return;
    const { ssrc, bytes } = packet;
    feedback.handlePacket({ transportSequence, ssrc, byteLength: bytes.length }, arrivalMs);
  }

  /** Sees to it that RTCP leaves, and late sound is made up for, when it is due. */
  #scheduleTimer(): void {
    const { clock, events } = this.#options;
    const waiting = [this.#sender, this.#feedback, ...this.#streams];
    const nextMs = Math.min(...waiting.map((each) => each?.nextTimerMs ?? Infinity));
    if (this.#closed || nextMs === Infinity || (this.#timer && this.#timer.atMs <= nextMs)) return;
    this.#timer?.cancel();
    const cancel = clock.after(Math.max(0, nextMs - clock.nowMs()), () => {
      this.#timer = undefined;
      try {
        this.#handleTimer();
      } catch (thrown) {
        events.failure(toError(thrown));
      }
      this.#scheduleTimer();
    });
    this.#timer = { atMs: nextMs, cancel };
  }

  #handleTimer(): void {
    const { clock, send } = this.#options;
    const nowMs = clock.nowMs();
    this.#sender.handleTimer(nowMs);
    const due: RtcpPacket[] = this.#streams.flatMap((stream) => stream.handleTimer(nowMs));
    if (this.#feedback) due.push(...this.#feedback.takeFeedback(nowMs));
    if (due.length === 0) return;
    const ssrc = this.#audioSender && !this.#videoSender ? this.#ssrcs.audio : this.#ssrcs.video;
    send(serializeRtcp(due, { ssrc, cname: this.#cname, reducedSize: this.#reducedSizeRtcp }));
  }
}

function codecName({ codec }: AgreedMedia): VideoCodecName {
  const name = codec.name.toUpperCase();
  invariant(name === "H264" || name === "VP8", "only codecs of the plan are agreed on");
  return name;
}
