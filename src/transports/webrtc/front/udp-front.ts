import type { RemoteInfo, Socket } from "node:dgram";
import type { Clock } from "../../../async/clock.ts";
import { readConnectivityCheck } from "../../../protocol/stun/connectivity-check.ts";
import { demultiplex } from "../../../rtp/demultiplex.ts";
import { boundSocket, sendOrLose } from "./bound-socket.ts";
import { FrontFlow } from "./front-flow.ts";
import type { FrontPeer } from "./front-peer.ts";
import type { Front } from "./shared-fronts.ts";

export interface UdpFrontOptions {
  readonly address: string;
  /** Tried one after the other; 0 is any that is free. */
  readonly ports: readonly number[];
  readonly peerOf: (iceUfrag: string) => FrontPeer | undefined;
  readonly clock: Clock;
}

/**
 * A second UDP port, in front of the engine's own, for peers whose checks have a tie-breaker of zero: Chromium's when it reaches its
 * TURN server over TCP or TLS. The engine takes such a check for one without a role and refuses it. All others have their way
 * to the engine's own port, and are not answered here. Nothing is ever sent to an address from which no check came that was signed with the
 * password of a peer's answer.
 */
export class UdpFront implements Front {
  readonly protocol = "udp";
  readonly address: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #options: UdpFrontOptions;
  readonly #flows = new Map<string, FrontFlow>();

  /** Opens the first of the ports that is free; `undefined` when none is. */
  static async open(options: UdpFrontOptions): Promise<UdpFront | undefined> {
    for (const port of options.ports) {
      const socket = await boundSocket(options.address, port);
      if (socket) return new UdpFront(socket, options);
    }
    return undefined;
  }

  private constructor(socket: Socket, options: UdpFrontOptions) {
    this.address = options.address;
    this.port = socket.address().port;
    this.#socket = socket;
    this.#options = options;
    socket.on("message", (packet, from) => this.#receive(packet, from));
    // What the network says about one datagram (a host unreachable) is nothing to the others.
    socket.on("error", () => undefined);
  }

  close(): void {
    for (const flow of [...this.#flows.values()]) flow.close();
    this.#socket.removeAllListeners("message");
    this.#socket.close();
  }

  #receive(packet: Uint8Array, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    const flow = this.#flows.get(key);
    const check = demultiplex(packet) === "stun" ? readConnectivityCheck(packet) : undefined;
    // The same address may be another peer's later; its check says so.
    if (!check || check.receiverUfrag === flow?.peer.iceUfrag) {
      flow?.handle(packet);
      return;
    }
    if (check.tieBreaker !== 0n) return;
    const peer = this.#options.peerOf(check.receiverUfrag);
    const admitted = peer?.admit(packet, check);
    if (!peer || !admitted) return;
    flow?.close();
    this.#open(key, peer, from)?.pass(admitted);
  }

  #open(key: string, peer: FrontPeer, { address, port }: RemoteInfo): FrontFlow | undefined {
    const flow = FrontFlow.open({
      peer,
      clock: this.#options.clock,
      send: (packet) => sendOrLose(this.#socket, packet, port, address),
      onClose: () => {
        if (this.#flows.get(key) === flow) this.#flows.delete(key);
      },
    });
    if (flow) this.#flows.set(key, flow);
    return flow;
  }
}
