import type { DataChannel, PeerConnection, Track } from "node-datachannel";
import { type Clock, systemClock } from "../../async/clock.ts";
import { engineDrained } from "./engine-drain.ts";
import { engineIceServer } from "./engine-ice-server.ts";
import { engineLibrary } from "./engine-library.ts";
import { guardCallback } from "./guard-callback.ts";
import type { UdpIceServer } from "./ice-servers.ts";

export interface EngineCallerOptions {
  /** What it offers to send and receive: H.264 and VP8, or Opus. */
  readonly media: "video" | "audio";
  /** A server whose relay it uses, and nothing else; its host is an IP address. @default none, the machine's own addresses */
  readonly relay?: UdpIceServer | undefined;
  /** Told of every packet that arrives, RTP and RTCP; nothing may be thrown. @default nobody */
  readonly onPacket?: (packet: Uint8Array) => void;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** How a call went. */
export type CallOutcome = "connected" | "failed" | "silent";

/** How long finding this machine's own addresses may take, in milliseconds. */
const GATHERING_MS = 3000;
/** The SSRC of what it sends. */
export const CALLER_SSRC = 20_261;
/** The payload types that it offers. */
export const CALLER_PAYLOAD_TYPES = { h264: 102, vp8: 96, opus: 111 } as const;

/** A client in this process, the other end of a Stream anywhere: to see whether one can connect. */
export class EngineCaller {
  readonly #peer: PeerConnection;
  readonly #track: Track;
  /** Held on to: the engine stops delivering to a channel whose object has been collected. */
  #channel: DataChannel | undefined;
  readonly #clock: Clock;
  readonly #gathered: Promise<void>;
  readonly #outcome: Promise<CallOutcome>;
  #settle: (outcome: CallOutcome) => void = () => {};
  #error: Error | undefined;
  readonly #fail = (error: Error): void => {
    this.#error ??= error;
    this.#settle("failed");
  };

  constructor({ media, relay, onPacket = () => {}, clock = systemClock }: EngineCallerOptions) {
    const { Audio, PeerConnection: Peer, Video } = engineLibrary();
    this.#clock = clock;
    this.#outcome = new Promise((resolve) => (this.#settle = resolve));
    this.#peer = new Peer("caller", {
      iceServers: relay ? [engineIceServer(relay)] : [],
      ...(relay && { iceTransportPolicy: "relay" as const }),
    });
    let offered: InstanceType<typeof Audio> | InstanceType<typeof Video>;
    if (media === "audio") {
      offered = new Audio("0", "SendRecv");
      offered.addOpusCodec(CALLER_PAYLOAD_TYPES.opus, "minptime=10;useinbandfec=1");
    } else {
      offered = new Video("0", "SendRecv");
      offered.addH264Codec(
        CALLER_PAYLOAD_TYPES.h264,
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
      );
      offered.addVP8Codec(CALLER_PAYLOAD_TYPES.vp8);
    }
    offered.addSSRC(CALLER_SSRC, "caller");
    this.#track = this.#peer.addTrack(offered);
    this.#track.onMessage(guardCallback(onPacket, this.#fail));
    this.#gathered = new Promise((resolve) => {
      this.#peer.onGatheringStateChange(guardCallback((state) => state === "complete" && resolve(), this.#fail));
    });
    this.#peer.onStateChange(
      guardCallback((state) => {
        if (state === "connected") this.#settle("connected");
        else if (state === "failed" || state === "closed") this.#settle("failed");
      }, this.#fail),
    );
  }

  /** The offer, and the addresses that were found in time; these go to the server once `accept` has taken its answer. */
  async offer(): Promise<{ readonly sdp: string; readonly candidates: readonly string[] }> {
    // This makes the offer. Asked to by setLocalDescription, the engine would end the process when no socket can be opened.
    this.#channel = this.#peer.createDataChannel("text");
    this.#channel.onClosed(guardCallback(() => undefined, this.#fail)); // The engine frees the channel on this event.
    let cancel = (): void => {};
    const timeout = new Promise<void>((resolve) => (cancel = this.#clock.after(GATHERING_MS, resolve)));
    await Promise.race([this.#gathered, timeout]);
    cancel();
    const lines = (this.#peer.localDescription()?.sdp ?? "").split("\r\n");
    // A server that finds this end before it knows the answer would be taken for a stranger, for good.
    return {
      sdp: lines.filter((line) => !/^a=(candidate|end-of-candidates)/.test(line)).join("\r\n"),
      candidates: lines.filter((line) => line.startsWith("a=candidate")).map((line) => line.slice("a=".length)),
    };
  }

  /** @throws {Error} for an answer that is none. */
  accept(answer: string): void {
    this.#peer.setRemoteDescription(answer, "answer");
  }

  /** Resolves with what became of the call. */
  async outcome(timeoutMs: number): Promise<CallOutcome> {
    const cancel = this.#clock.after(timeoutMs, () => this.#settle("silent"));
    const outcome = await this.#outcome;
    cancel();
    if (this.#error) throw this.#error;
    return outcome;
  }

  /** Whether it is connected still. */
  get isOpen(): boolean {
    return this.#peer.state() === "connected" && this.#track.isOpen();
  }

  /** Sends an RTP packet; false when the connection does not take it. */
  send(packet: Uint8Array): boolean {
    return this.#track.isOpen() && this.#track.sendMessageBinary(Buffer.from(packet));
  }

  /** Ends the call. */
  async close(): Promise<void> {
    this.#peer.close();
    await engineDrained();
    this.#channel?.close();
    this.#track.close();
  }
}
