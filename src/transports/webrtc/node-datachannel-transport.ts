import type { PeerConnection, Track } from "node-datachannel";
import { type Clock, systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { type CandidateType, type IceCandidate, parseCandidate, writeCandidate } from "../../protocol/sdp/candidate.ts";
import { DATA_MID, RTP_MID, engineOffer, readEngineAnswer } from "./engine-description.ts";
import { engineDrained } from "./engine-drain.ts";
import { engineLibrary } from "./engine-library.ts";
import { type EnginePeerOptions, createEnginePeer, engineAnswer } from "./engine-peer.ts";
import { EnginePings } from "./engine-ping.ts";
import { guardCallback } from "./guard-callback.ts";
import { InboundBuffer } from "./inbound-buffer.ts";
import { LocalCandidates } from "./local-candidates.ts";
import { NativeDataChannel } from "./native-data-channel.ts";
import type {
  CandidatePair,
  LocalTransport,
  PacketTransport,
  PacketTransportEvents,
  PacketTransportState,
  PacketTransportStats,
  RemoteTransport,
} from "./packet-transport.ts";

export interface NodeDataChannelTransportOptions extends EnginePeerOptions {
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** More remote candidates than this are ignored: the ICE agent itself keeps about 20. */
const MAX_REMOTE_CANDIDATES = 64;
/** Data channels a peer may have open at a time; further ones are closed at once. */
const MAX_CHANNELS = 16;
/** How long the engine may take to say that its track is closed. */
const DRAIN_TIMEOUT_MS = 1000;

/** The packet transport over node-datachannel (libdatachannel), in its one-track mode: see `engineOffer`. */
export class NodeDataChannelTransport implements PacketTransport {
  readonly local: LocalTransport;
  readonly #peer: PeerConnection;
  readonly #track: Track | undefined;
  readonly #clock: Clock;
  readonly #inbound: InboundBuffer;
  readonly #channels = new Set<NativeDataChannel>();
  /** Channels whose native part has not been freed. */
  readonly #nativeChannels = new Set<NativeDataChannel>();
  readonly #pings = new EnginePings((callback) => this.#guard(callback));
  readonly #candidates: LocalCandidates;
  readonly #remoteMid: string;
  readonly #remoteHasNoChannel: boolean;
  readonly #maxSendMessageSize: number;
  #events: PacketTransportEvents | undefined;
  #state: PacketTransportState = "connecting";
  #remoteCandidateCount = 0;
  #trackClosed: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #packetsReceived = 0;
  #bytesReceived = 0;
  #packetsSent = 0;
  #bytesSent = 0;
  #packetsInvalid = 0;
  #sendFailures = 0;

  /**
   * Answers `remote` at once: when this returns, `local` and the host candidates are known.
   * @throws {FastRtcError} `invalid_sdp` when the peer's parameters cannot be used, `port_in_use` when no UDP port can be
   *   opened, `invalid_option` for options that the engine refuses.
   */
  constructor(remote: RemoteTransport, events: PacketTransportEvents, options: NodeDataChannelTransportOptions = {}) {
    const { clock = systemClock, maxMessageSize = 262_144 } = options;
    const offer = engineOffer(remote);
    this.#events = events;
    this.#clock = clock;
    this.#remoteHasNoChannel = remote.dataChannel === undefined;
    this.#remoteMid = remote.media ? RTP_MID : DATA_MID;
    // RFC 8841: 0 means that the peer takes messages of any size.
    const remoteMaximum = remote.dataChannel?.maxMessageSize ?? 0;
    this.#maxSendMessageSize = remoteMaximum === 0 ? maxMessageSize : Math.min(remoteMaximum, maxMessageSize);
    this.#inbound = new InboundBuffer({ deliver: (packet, arrivalMs) => this.#deliver(packet, arrivalMs) });
    this.#candidates = new LocalCandidates(clock);
    this.#peer = createEnginePeer(options);
    try {
      if (remote.media) this.#track = this.#addTrack();
      this.#listen();
      const { local, candidates } = readEngineAnswer(engineAnswer(this.#peer, offer));
      this.local = local;
      for (const candidate of candidates) this.#candidates.add(candidate);
    } catch (thrown) {
      this.#events = undefined;
      void this.close();
      throw thrown;
    }
  }

  get state(): PacketTransportState {
    return this.#state;
  }

  get localCandidates(): readonly IceCandidate[] {
    return this.#candidates.found;
  }

  addRemoteCandidate(candidate: IceCandidate): boolean {
    const usable = candidate.protocol === "udp" && candidate.component === 1 && candidate.addressFamily !== "name";
    if (!usable || this.#closing || this.#remoteCandidateCount >= MAX_REMOTE_CANDIDATES) return false;
    this.#remoteCandidateCount += 1;
    try {
      this.#peer.addRemoteCandidate(writeCandidate(candidate), this.#remoteMid);
      return true;
    } catch (thrown) {
      // A peer that left a moment ago has no need of it, and the event of that is on its way.
      if (this.#peer.state() !== "closed") this.#events?.error(toError(thrown));
      return false;
    }
  }

  candidatesFound(types: readonly CandidateType[], timeoutMs: number): Promise<void> {
    return this.#candidates.wait(types, timeoutMs);
  }

  send(packet: Uint8Array): boolean {
    if (this.#state !== "connected" || !this.#track) {
      this.#sendFailures += 1;
      return false;
    }
    let sent = false;
    try {
      // The type asks for a Buffer; the engine reads any view on bytes.
      sent = this.#track.sendMessageBinary(packet as Buffer);
    } catch {
      // The connection closed natively a moment ago, and the event of it is on its way; it is counted below.
    }
    if (sent) {
      this.#packetsSent += 1;
      this.#bytesSent += packet.byteLength;
    } else {
      this.#sendFailures += 1;
    }
    return sent;
  }

  ping(): void {
    if (this.#closing || this.#state !== "connected" || this.#remoteHasNoChannel) return;
    try {
      this.#pings.send(this.#peer, () => this.#events?.pong());
    } catch {
      // The connection closed natively a moment ago, and the event of it is on its way.
    }
  }

  selectedPair(): CandidatePair | undefined {
    if (this.#closing) return undefined;
    const pair = this.#peer.getSelectedCandidatePair();
    if (!pair) return undefined;
    const end = ({ address, port, type }: typeof pair.local) => ({ address, port, type });
    return { local: end(pair.local), remote: end(pair.remote) };
  }

  stats(): PacketTransportStats {
    return {
      packetsReceived: this.#packetsReceived,
      bytesReceived: this.#bytesReceived,
      packetsSent: this.#packetsSent,
      bytesSent: this.#bytesSent,
      packetsShed: this.#inbound.shedCount,
      packetsInvalid: this.#packetsInvalid,
      sendFailures: this.#sendFailures,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const events = this.#events;
    this.#events = undefined;
    this.#inbound.clear();
    for (const channel of this.#nativeChannels) channel.detach();
    this.#channels.clear();
    this.#peer.close(); // Sends the DTLS alert, and ends the flow of packets before anything is torn down.
    this.#state = "closed";
    this.#candidates.end();
    queueMicrotask(() =>
      guardCallback(
        () => events?.state("closed"),
        (error) => events?.error(error),
      )(),
    );
    if (this.#trackClosed) await this.#atMost(DRAIN_TIMEOUT_MS, this.#trackClosed);
    await engineDrained();
    this.#track?.close();
    for (const channel of this.#nativeChannels) channel.free();
    this.#nativeChannels.clear();
    this.#pings.free();
  }

  #addTrack(): Track {
    const media = new (engineLibrary().Video)(RTP_MID, "SendRecv");
    media.addVP8Codec(96);
    const track = this.#peer.addTrack(media);
    track.onOpen(this.#guard(() => this.#changeState("connected")));
    track.onMessage(this.#guard((packet) => this.#receive(packet)));
    track.onError(this.#guard((message) => this.#events?.error(new Error(message))));
    this.#trackClosed = new Promise((resolve) => track.onClosed(this.#guard(resolve)));
    return track;
  }

  #atMost(ms: number, moment: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      void moment.then(() => {
        cancel();
        resolve();
      });
    });
  }

  #listen(): void {
    this.#peer.onStateChange(this.#guard((state) => this.#engineState(state)));
    this.#peer.onLocalCandidate(this.#guard((line) => this.#found(line)));
    this.#peer.onGatheringStateChange(
      this.#guard((state) => {
        // The last candidates may be announced after their end.
        if (state === "complete") setImmediate(() => this.#candidates.end());
      }),
    );
    this.#peer.onDataChannel(
      this.#guard((native) => {
        if (this.#closing || this.#channels.size >= MAX_CHANNELS) {
          native.onClosed(() => undefined);
          native.close();
          return;
        }
        const channel: NativeDataChannel = new NativeDataChannel(native, this.#maxSendMessageSize, {
          open: (opened) => {
            if (!this.#track) this.#changeState("connected");
            this.#events?.channelOpen(opened);
          },
          message: (sender, message) => this.#events?.channelMessage(sender, message),
          closed: (closed) => {
            this.#channels.delete(channel);
            this.#events?.channelClosed(closed);
          },
          error: (error) => this.#events?.error(error),
        });
        this.#channels.add(channel);
        this.#nativeChannels.add(channel);
      }),
    );
  }

  #engineState(state: string): void {
    switch (state) {
      case "connected":
        // With media, packets flow once the track is open, which may be earlier or later than this.
        if (!this.#track) this.#changeState("connected");
        break;
      case "disconnected":
      case "failed":
        this.#changeState(state);
        break;
      case "closed":
        void this.close();
        break;
      default:
    }
  }

  #changeState(state: PacketTransportState): void {
    const past: readonly PacketTransportState[] = ["disconnected", "failed", "closed"];
    if (this.#state === state || past.includes(this.#state)) return;
    this.#state = state;
    this.#events?.state(state);
  }

  #receive(packet: Uint8Array): void {
    if (this.#closing) return;
    this.#inbound.push(packet, this.#clock.nowMs());
  }

  #deliver(packet: Uint8Array, arrivalMs: number): void {
    const events = this.#events;
    if (!events) return;
    try {
      this.#changeState("connected"); // The engine's word that it is open may come second.
      this.#packetsReceived += 1;
      this.#bytesReceived += packet.byteLength;
      const [first = 0, second = 0] = packet;
      if (first >> 6 !== 2 || packet.byteLength < 8) this.#packetsInvalid += 1;
      // RFC 5761 section 4: the second byte tells RTCP (packet types 192 to 223) from RTP.
      else if (second >= 192 && second <= 223) events.rtcp(packet, arrivalMs);
      else if (packet.byteLength < 12) this.#packetsInvalid += 1;
      else events.rtp(packet, arrivalMs);
    } catch (thrown) {
      this.#report(toError(thrown));
    }
  }

  #found(line: string): void {
    const candidate = parseCandidate(line);
    if (this.#candidates.add(candidate)) this.#events?.localCandidate(candidate);
  }

  #guard<Arguments extends unknown[]>(callback: (...args: Arguments) => void): (...args: Arguments) => void {
    return guardCallback(callback, (error) => this.#events?.error(error));
  }

  #report(error: Error): void {
    guardCallback(
      () => this.#events?.error(error),
      (thrown) => process.emitWarning(thrown),
    )();
  }
}
