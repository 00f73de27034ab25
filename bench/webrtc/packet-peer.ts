import {
  type DataChannel,
  type PeerConnection,
  PeerConnection as NativePeerConnection,
  type Track,
  Video,
} from "node-datachannel";
import { type TransportDescription, readTransport, singleTrackSdp } from "./transport-description.ts";

export interface PacketPeerEvents {
  /** One decrypted RTP or RTCP packet. */
  readonly onPacket: (packet: Buffer) => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/**
 * A WebRTC connection that hands over packets and knows nothing of media. The SDP that the other side sees is written
 * by whoever uses this; here only its transport matters.
 */
export class PacketPeer {
  readonly #connection: PeerConnection;
  #track: Track | undefined;
  /** Kept although nothing is sent on it: collected as garbage, it would close. */
  #channel: DataChannel | undefined;
  #isOpen = false;
  #isClosed = false;
  readonly #events: PacketPeerEvents;
  readonly #candidates: string[] = [];

  constructor(events: PacketPeerEvents) {
    this.#events = events;
    this.#connection = new NativePeerConnection("bench", { iceServers: [], disableAutoNegotiation: true });
    this.#connection.onLocalCandidate(guarded((candidate: string) => this.#candidates.push(candidate)));
    this.#connection.onStateChange(
      guarded((state: string) => {
        if (state === "closed" || state === "failed" || state === "disconnected") this.close();
      }),
    );
    this.#connection.onTrack(guarded((track: Track) => this.#adopt(track)));
  }

  /** Starts a connection and resolves to our side of it, with its candidates. */
  async offer(): Promise<TransportDescription> {
    const video = new Video("rtp", "SendRecv");
    video.addVP8Codec(96);
    this.#adopt(this.#connection.addTrack(video));
    this.#channel = this.#connection.createDataChannel("text");
    this.#connection.setLocalDescription("offer");
    return this.#gathered();
  }

  /** Completes a connection that `offer` began. */
  acceptAnswer(sdp: string): void {
    this.#connection.setRemoteDescription(singleTrackSdp(readTransport(sdp)), "answer");
  }

  /** Answers an offer and resolves to our side of the connection, with its candidates. */
  async answer(offerSdp: string): Promise<TransportDescription> {
    this.#connection.setRemoteDescription(singleTrackSdp(readTransport(offerSdp)), "offer");
    this.#connection.setLocalDescription("answer");
    return this.#gathered();
  }

  addCandidate(candidate: string): void {
    this.#connection.addRemoteCandidate(candidate, "rtp");
  }

  /** Sends one packet; nothing happens while the connection is not open. */
  send(packet: Buffer): void {
    if (this.#isOpen && this.#track?.isOpen()) this.#track.sendMessageBinary(packet);
  }

  /** Ends the connection and tells the other side. Harmless when repeated. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isOpen = false;
    // The track first: closed after its connection it would keep its callbacks, and all they refer to, alive.
    this.#track?.close();
    this.#channel?.close();
    this.#connection.close();
    this.#events.onClose();
  }

  #adopt(track: Track): void {
    this.#track = track;
    track.onMessage(
      guarded((packet: Buffer) => {
        if (!this.#isClosed) this.#events.onPacket(packet);
      }),
    );
    track.onOpen(
      guarded(() => {
        this.#isOpen = true;
        this.#events.onOpen();
      }),
    );
  }

  async #gathered(): Promise<TransportDescription> {
    const deadlineMs = performance.now() + 2000;
    while (this.#connection.gatheringState() !== "complete" && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const local = this.#connection.localDescription();
    if (!local) throw new Error("The connection has no local description.");
    const transport = readTransport(local.sdp);
    const candidates = this.#candidates.map((candidate) => candidate.replace(/^a=/, ""));
    return { ...transport, candidates: [...new Set([...transport.candidates, ...candidates])] };
  }
}

/** An exception that left a callback of the native library would abort the process without a word. */
function guarded<Arguments extends unknown[]>(callback: (...values: Arguments) => unknown) {
  return (...values: Arguments): void => {
    try {
      callback(...values);
    } catch (error) {
      console.error("bench: a connection's callback failed:", error);
    }
  };
}
