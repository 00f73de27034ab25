import type { AudioFrame } from "../../media/audio-frame.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import type { ServerMessage } from "../../protocol/server-message.ts";
import type { AudioFormat, Transport } from "../../session/transport.ts";

/** Where what the server sends arrives. None of these may throw. */
export interface LoopbackPeer {
  /** A packet's worth of sound; its timestamp says when it plays, in microseconds of the session's clock. */
  audio(frame: AudioFrame): void;
  /** The peer is to drop what it was sent and has not played. */
  audioCleared(): void;
  /** A picture, which belongs to the peer. */
  video(frame: VideoFrame): void;
  message(message: ServerMessage): void;
  /** The server closed the connection. */
  closed(): void;
}

export interface LoopbackTransportOptions {
  readonly peer: LoopbackPeer;
  /** How the peer wants its sound; absent when it wants none. */
  readonly audioFormat?: AudioFormat | undefined;
}

/** Carries one peer's media and messages within the process, without a network: for tests. Nothing is lost or late. */
export class LoopbackTransport implements Transport {
  readonly kind = "loopback";
  readonly audioFormat: AudioFormat | undefined;
  readonly #peer: LoopbackPeer;
  #closed = false;

  constructor({ peer, audioFormat }: LoopbackTransportOptions) {
    this.#peer = peer;
    this.audioFormat = audioFormat;
  }

  async sendVideo(frame: VideoFrame): Promise<void> {
    // Handlers give their pictures back once they were sent, so the peer gets one of its own.
    if (!this.#closed) this.#peer.video(frame.clone());
  }

  sendAudio(frame: AudioFrame): void {
    if (!this.#closed) this.#peer.audio(frame);
  }

  clearAudio(): void {
    if (!this.#closed) this.#peer.audioCleared();
  }

  sendMessage(message: ServerMessage): void {
    if (!this.#closed) this.#peer.message(message);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#peer.closed();
  }
}
