import { type Socket, createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Clock } from "../../../async/clock.ts";
import { readConnectivityCheck } from "../../../protocol/stun/connectivity-check.ts";
import { demultiplex } from "../../../rtp/demultiplex.ts";
import { hasRoom } from "./bound-socket.ts";
import type { FrontPeer, PeerFlow } from "./front-peer.ts";

export interface FrontFlowOptions {
  readonly peer: FrontPeer;
  readonly clock: Clock;
  /** Takes a packet to where the peer's own came from. */
  readonly send: (packet: Uint8Array) => void;
  readonly onClose: () => void;
}

/** A flow from which nothing came for so long is closed; Chromium checks even ways that it does not use every 25 s. */
const IDLE_MS = 60_000;
/** Packets that are kept while the way to the engine opens; further ones are lost, as on any network. */
const MAX_EARLY = 8;

/**
 * One way of a peer through the front. To the engine it is a remote address of its own on this machine, as NAT would make it: packets go
 * both ways as they are, but for checks that the engine could not read.
 */
export class FrontFlow implements PeerFlow {
  readonly peer: FrontPeer;
  readonly #options: FrontFlowOptions;
  readonly #toEngine: Socket;
  #early: Uint8Array[] | undefined = [];
  #heardAtMs: number;
  #cancelIdle: () => void;
  #closed = false;

  /** A flow for a peer, or `undefined` when it has as many as it may have. */
  static open(options: FrontFlowOptions): FrontFlow | undefined {
    if (!options.peer.hasRoom) return undefined;
    const flow = new FrontFlow(options);
    options.peer.addFlow(flow);
    return flow;
  }

  private constructor(options: FrontFlowOptions) {
    const { peer, clock, send } = options;
    const { address, port } = peer.engine;
    this.peer = peer;
    this.#options = options;
    this.#heardAtMs = clock.nowMs();
    this.#cancelIdle = clock.after(IDLE_MS, () => this.#idle());
    this.#toEngine = createSocket(isIPv6(address) ? "udp6" : "udp4");
    this.#toEngine.on("message", (packet) => send(packet));
    this.#toEngine.on("error", () => this.close()); // The engine has closed its port: the peer is gone.
    this.#toEngine.on("connect", () => this.#opened());
    this.#toEngine.connect(port, address);
  }

  /** Takes one packet of the peer. Checks have to be the peer's own; of everything else the engine finds that out. */
  handle(packet: Uint8Array): void {
    if (this.#closed) return;
    const check = demultiplex(packet) === "stun" ? readConnectivityCheck(packet) : undefined;
    const admitted = check ? this.peer.admit(packet, check) : packet;
    if (admitted) this.pass(admitted);
  }

  /** Takes a packet that has been admitted. */
  pass(packet: Uint8Array): void {
    if (this.#closed) return;
    this.#heardAtMs = this.#options.clock.nowMs();
    if (this.#early) {
      if (this.#early.length < MAX_EARLY) this.#early.push(packet);
    } else if (hasRoom(this.#toEngine)) {
      this.#toEngine.send(packet);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelIdle();
    this.#toEngine.close();
    this.peer.removeFlow(this);
    this.#options.onClose();
  }

  #opened(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const packet of early) this.pass(packet);
  }

  #idle(): void {
    const leftMs = this.#heardAtMs + IDLE_MS - this.#options.clock.nowMs();
    if (leftMs <= 0) this.close();
    else this.#cancelIdle = this.#options.clock.after(leftMs, () => this.#idle());
  }
}
