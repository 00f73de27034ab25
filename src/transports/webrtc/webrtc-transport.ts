import { randomInt } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";
import type { AudioFrame } from "../../media/audio-frame.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import { writeAnswer } from "../../protocol/sdp/answer.ts";
import { type CandidateJson, type IceCandidate, parseTrickledCandidate } from "../../protocol/sdp/candidate.ts";
import type { Negotiation } from "../../protocol/sdp/negotiation.ts";
import type { ServerMessage } from "../../protocol/server-message.ts";
import type { CloseReason } from "../../session/close-reason.ts";
import type { Logger } from "../../session/logger.ts";
import type { DegradationPreference } from "../../session/media-options.ts";
import type { ResolvedNetworkOptions } from "../../session/network-options.ts";
import type { TransportStats } from "../../session/transport-stats.ts";
import type { AudioFormat, Transport, TransportEvents } from "../../session/transport.ts";
import { announcedCandidates } from "./announced-candidates.ts";
import type { EnginePeerOptions } from "./engine-peer.ts";
import { isRelayOverTcp } from "./front/front-candidate.ts";
import type { FrontPorts } from "./front/front-ports.ts";
import { IceFront } from "./front/ice-front.ts";
import { RelayFronts } from "./front/relay-fronts.ts";
import type { GatheringPlan, GatheringPolicy } from "./gathering-policy.ts";
import type { UdpIceServer } from "./ice-servers.ts";
import { MessageChannel } from "./message-channel.ts";
import { NodeDataChannelTransport } from "./node-datachannel-transport.ts";
import type { PacketTransport, PacketTransportEvents, PacketTransportState } from "./packet-transport.ts";
import { PeerLiveness } from "./peer-liveness.ts";
import { PeerMedia } from "./peer-media.ts";

export interface WebRtcTransportOptions {
  readonly plan: Negotiation;
  readonly gathering: GatheringPolicy;
  /** STUN and TURN servers that this end can use. */
  readonly iceServers: readonly UdpIceServer[];
  /** Whether the peer is told of relays alone. @default false */
  readonly relayOnly?: boolean;
  readonly network?: ResolvedNetworkOptions | undefined;
  /** The ports that may be taken for peers who cannot reach the engine's own. @default none */
  readonly frontPorts?: FrontPorts;
  /** What gives way when the path to the peer bears too little. @default "maintain-framerate" */
  readonly degradationPreference?: DegradationPreference | undefined;
  readonly events: TransportEvents;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** How long a last message, and the end of the sound, may take to leave before the connection is closed, in milliseconds. */
const FLUSH_MS = 200;
const FLUSH_STEP_MS = 10;
/**
 * After how long without a packet a peer counts as gone, in milliseconds. With video browsers send reports about every
 * second; with nothing but sound Chromium takes 2.5 to 7.5 s from one to the next, when its
 * microphone sends nothing; 7.8 s were the most that was measured.
 */
const SILENCE_MS = 7000;
const AUDIO_SILENCE_MS = 8500;

/** How much longer an answer waits for a relay that is the only way it tells of: a busy machine is not as quick as when it was tried. */
const RELAY_ONLY_MS = 2000;

/**
 * One peer over WebRTC: the packet transport below, RTP and codecs in between, frames and messages above.
 * It only passes things on; what is to be decided is decided in `rtp/` and in the session.
 */
export class WebRtcTransport implements Transport {
  readonly kind = "webrtc";
  readonly #plan: Negotiation;
  readonly #relayOnly: boolean;
  readonly #publicAddresses: readonly string[];
  readonly #events: TransportEvents;
  readonly #clock: Clock;
  readonly #packets: PacketTransport;
  readonly #media: PeerMedia;
  readonly #messages = new MessageChannel();
  readonly #liveness: PeerLiveness;
  readonly #relays: RelayFronts;
  #front: IceFront | undefined;
  #peerRelaysOverTcp = false;
  #connected = false;
  #closing: Promise<void> | undefined;

  /** @throws {FastRtcError} `invalid_sdp` when the offer's transport cannot be used. */
  static async open(options: WebRtcTransportOptions): Promise<WebRtcTransport> {
    const { gathering, iceServers } = options;
    const plan = gathering.plan(iceServers);
    const relays = await RelayFronts.open(plan.iceServers, options);
    let transport: WebRtcTransport;
    try {
      transport = new WebRtcTransport(options, relays);
    } catch (thrown) {
      relays.close();
      throw thrown;
    }
    // The first codec of a process may take longer to load than a connection takes, on a busy machine by far. A session that began before
    // would lose its first words.
    await Promise.all([
      gathering.gather(transport.#packets, patientPlan(plan, options.relayOnly ?? false, relays.delayMs)),
      transport.#media.ready,
      transport.#openFront(options),
    ]);
    return transport;
  }

  private constructor(
    {
      plan,
      events,
      network = {},
      relayOnly = false,
      degradationPreference,
      clock = systemClock,
    }: WebRtcTransportOptions,
    relays: RelayFronts,
  ) {
    this.#plan = plan;
    this.#relays = relays;
    this.#relayOnly = relayOnly;
    this.#publicAddresses = network.publicAddresses ?? [];
    this.#events = events;
    this.#clock = clock;
    this.#liveness = new PeerLiveness({
      clock,
      silenceMs: plan.media.some(({ section }) => section.kind === "video") ? SILENCE_MS : AUDIO_SILENCE_MS,
      // Browsers in a call send RTP or RTCP by themselves; without media they have nothing to say.
      onQuiet: () => {
        if (!this.#media.active) this.#packets.ping();
      },
      onSilence: () => this.#lost("peer-silent"),
    });
    this.#packets = new NodeDataChannelTransport(
      {
        ...plan.transport,
        media: plan.media.length > 0,
        dataChannel: plan.dataChannel && { maxMessageSize: plan.dataChannel.maxMessageSize ?? 65_536 },
      },
      this.#packetEvents(),
      { iceServers: relays.iceServers, clock, ...enginePorts(network), bindAddress: network.bindAddress },
    );
    relays.serve(this.#packets, clock);
    for (const candidate of plan.transport.candidates) this.#addCandidate(candidate);
    this.#media = new PeerMedia({
      plan,
      clock,
      events,
      degradationPreference,
      send: (packet) => this.#packets.send(packet),
    });
  }

  /** The SDP to answer the peer with, with the candidates found so far. */
  get answer(): string {
    return writeAnswer(this.#plan, {
      local: this.#packets.local,
      candidates: announcedCandidates(
        [...this.#packets.localCandidates, ...(this.#front?.candidates ?? [])],
        this.#publicAddresses,
      ).filter(({ type }) => type === "relay" || !this.#relayOnly),
      sessionId: randomInt(2 ** 47),
      streamFor: (media) => this.#media.streamFor(media),
    });
  }

  get audioFormat(): AudioFormat | undefined {
    return this.#media.audioFormat;
  }

  async sendVideo(frame: VideoFrame): Promise<void> {
    await this.#media.sendVideo(frame);
  }

  sendAudio(frame: AudioFrame): void {
    this.#media.sendAudio(frame);
  }

  /**
   * Drops the sound that waits for the encoder. What has left cannot be recalled, but that is little: the lead of
   * `audioFormat`, and what the peer holds against jitter, some 50 ms on a quiet network.
   */
  clearAudio(): void {
    this.#media.clearAudio();
  }

  sendMessage(message: ServerMessage): void {
    if (!this.#closing) this.#messages.send(message);
  }

  stats(): TransportStats {
    return this.#media.stats();
  }

  /**
   * Adds a way to reach the peer that it has found since its offer.
   * @throws {FastRtcError} `invalid_candidate` when it is not one.
   */
  addRemoteCandidate(json: CandidateJson): void {
    const { candidate } = parseTrickledCandidate(json);
    if (candidate) this.#addCandidate(candidate);
    this.#events.progress();
  }

  /** Whether one of its candidates is a relay that it reaches over TCP or TLS. */
  get peerRelaysOverTcp(): boolean {
    return this.#peerRelaysOverTcp;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#liveness.stop();
    if (this.#connected) await this.#flush();
    this.#media.stop();
    await this.#packets.close();
    this.#front?.close();
    this.#relays.close();
    await this.#media.close();
  }

  #addCandidate(candidate: IceCandidate): void {
    this.#peerRelaysOverTcp ||= isRelayOverTcp(candidate);
    this.#packets.addRemoteCandidate(candidate);
  }

  async #openFront({ frontPorts }: WebRtcTransportOptions): Promise<void> {
    if (this.#relayOnly || !frontPorts) return;
    const { local, localCandidates: hosts } = this.#packets;
    this.#front = await IceFront.open({ ...frontPorts, local, hosts, clock: this.#clock });
    if (this.#closing) this.#front.close();
  }

  async #flush(): Promise<void> {
    for (let waitedMs = 0; waitedMs < FLUSH_MS; waitedMs += FLUSH_STEP_MS) {
      if (this.#messages.flushed && !this.#media.holdsSound) return;
      await this.#clock.sleep(FLUSH_STEP_MS);
    }
  }

  #packetEvents(): PacketTransportEvents {
    return {
      rtp: (bytes, arrivalMs) => {
        this.#liveness.heard();
        this.#media.handleRtp(bytes, arrivalMs);
      },
      rtcp: (bytes, arrivalMs) => {
        this.#liveness.heard();
        this.#media.handleRtcp(bytes, arrivalMs);
      },
      state: (state) => this.#stateChanged(state),
      channelOpen: (channel) => this.#messages.opened(channel),
      channelMessage: (_channel, message) => {
        this.#liveness.heard();
        if (typeof message === "string") this.#events.message(message);
      },
      channelClosed: (channel) => this.#messages.closed(channel),
      pong: () => this.#liveness.heard(),
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
        this.#media.start();
        this.#liveness.start();
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
}

/** Waits longer where the relay is the only way, and for that alone; nothing waits any more once it is there. */
function patientPlan(plan: GatheringPlan, relayOnly: boolean, delayMs: number): GatheringPlan {
  if (!relayOnly) return { ...plan, waitMs: plan.waitMs + delayMs };
  return { ...plan, waitFor: plan.waitFor.filter((type) => type === "relay"), waitMs: plan.waitMs + RELAY_ONLY_MS };
}

function enginePorts({
  portRange,
  udpPort,
}: ResolvedNetworkOptions): Pick<EnginePeerOptions, "portRange" | "udpMuxPort"> {
  return {
    ...(portRange && { portRange: { begin: portRange[0], end: portRange[1] } }),
    ...(udpPort !== undefined && { udpMuxPort: udpPort }),
  };
}
