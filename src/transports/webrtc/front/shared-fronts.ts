import type { FrontPeer } from "./front-peer.ts";

/** Something open to the network that peers come in through. */
export interface Front {
  readonly protocol: "udp" | "tcp";
  readonly address: string;
  readonly port: number;
  close(): void;
}

/** A share in a front; `front` is `undefined` where none could be opened. */
export interface FrontLease {
  readonly front: Front | undefined;
  release(): void;
}

interface Shared {
  readonly opening: Promise<Front | undefined>;
  userCount: number;
}

/**
 * The fronts of a process, and the peers that may come in: a port can be opened once, and all peers of all Streams can share
 * it. A front is open as long as there is a peer that was told of it.
 */
export class SharedFronts {
  readonly #peers = new Map<string, FrontPeer>();
  readonly #fronts = new Map<string, Shared>();

  /** False when another peer has the same user fragment: nothing could tell the two apart. */
  add(peer: FrontPeer): boolean {
    if (this.#peers.has(peer.iceUfrag)) return false;
    this.#peers.set(peer.iceUfrag, peer);
    return true;
  }

  remove(peer: FrontPeer): void {
    if (this.#peers.get(peer.iceUfrag) === peer) this.#peers.delete(peer.iceUfrag);
  }

  readonly peerOf = (iceUfrag: string): FrontPeer | undefined => this.#peers.get(iceUfrag);

  /** A share in the front of this name, which is opened if it is not yet. One that cannot be opened is tried again for the next peer. */
  async lease(key: string, open: () => Promise<Front | undefined>): Promise<FrontLease> {
    const shared = this.#fronts.get(key) ?? { opening: open(), userCount: 0 };
    this.#fronts.set(key, shared);
    shared.userCount += 1;
    const front = await shared.opening;
    const forget = (): void => {
      if (this.#fronts.get(key) === shared) this.#fronts.delete(key);
    };
    if (!front) forget();
    let released = false;
    return {
      front,
      release: () => {
        if (released) return;
        released = true;
        shared.userCount -= 1;
        if (shared.userCount > 0) return;
        forget();
        front?.close();
      },
    };
  }
}

/** Those of this process. */
export const processFronts = new SharedFronts();
