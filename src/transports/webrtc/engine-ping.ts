import type { DataChannel, PeerConnection } from "node-datachannel";
import { engineDrained } from "./engine-drain.ts";

/** How many may wait for their answers; the peer that answers none is about to be given up. */
const MAX_WAITING = 4;

/** The label of the channels that are opened to ask; a peer need not do anything about them. */
const LABEL = "fastrtc-ping";

/**
 * Asks a peer without media for a sign of life: it opens a data channel, which every peer acknowledges by itself (RFC 8832 section 5.2),
 * and closes it again. Nothing else that can be seen from here tells a quiet peer from one that has vanished.
 */
export class EnginePings {
  /** Held on to until they have been closed: the engine stops telling of those that were collected. */
  readonly #waiting = new Set<DataChannel>();
  readonly #guard: (callback: () => void) => () => void;

  /** @param guard Keeps what a callback throws out of the engine. */
  constructor(guard: (callback: () => void) => () => void) {
    this.#guard = guard;
  }

  send(peer: PeerConnection, onAnswer: () => void): void {
    if (this.#waiting.size >= MAX_WAITING) return;
    const channel = peer.createDataChannel(LABEL);
    this.#waiting.add(channel);
    channel.onClosed(this.#guard(() => undefined)); // The engine frees the channel on this event.
    channel.onOpen(
      this.#guard(() => {
        onAnswer();
        if (this.#waiting.delete(channel)) void engineDrained().then(() => channel.close());
      }),
    );
  }

  /** Frees those that were not answered, once the engine has been emptied. */
  free(): void {
    for (const channel of this.#waiting) channel.close();
    this.#waiting.clear();
  }
}
