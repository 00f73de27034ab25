import type { RemoteInfo, Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { readConnectivityCheck } from "../../../protocol/stun/connectivity-check.ts";
import { readRelayedPacket, withRelayedPacket } from "../../../protocol/stun/relayed-packet.ts";
import type { UdpIceServer } from "../ice-servers.ts";
import { boundSocket, sendOrLose } from "./bound-socket.ts";
import type { CheckGate } from "./check-gate.ts";

/**
 * Stands between the engine and its TURN server, for one peer: what a browser sends to this side's relay comes from that server, and its
 * checks want mending there as well. Everything else passes as it is, both ways.
 */
export class RelayFront {
  /** What the engine is told in place of the TURN server. */
  readonly server: UdpIceServer;
  readonly #toEngine: Socket;
  readonly #toServer: Socket;
  #enginePort: number | undefined;
  #gate: CheckGate | undefined;
  #closed = false;

  /**
   * `undefined` where no socket can be had.
   * @param server Its host is an IP address.
   * @param bindAddress The machine's own address to use. @default any
   */
  static async open(server: UdpIceServer, bindAddress?: string): Promise<RelayFront | undefined> {
    const anywhere = isIPv6(server.host) ? "::" : "0.0.0.0";
    const [toEngine, toServer] = await Promise.all([
      boundSocket(bindAddress ?? "127.0.0.1", 0),
      boundSocket(bindAddress !== undefined && isIPv6(bindAddress) === isIPv6(server.host) ? bindAddress : anywhere, 0),
    ]);
    if (toEngine && toServer) return new RelayFront(server, toEngine, toServer);
    toEngine?.close();
    toServer?.close();
    return undefined;
  }

  private constructor(server: UdpIceServer, toEngine: Socket, toServer: Socket) {
    const { address, port } = toEngine.address();
    this.server = { ...server, host: address, port };
    this.#toEngine = toEngine;
    this.#toServer = toServer;
    toEngine.on("message", (packet, from) => {
      if (this.#isEngine(from)) this.#send(toServer, packet, server);
    });
    toServer.on("message", (packet, from) => {
      if (from.address === server.host && from.port === server.port) this.#fromServer(packet);
    });
    // What the network says about one datagram is nothing to the others.
    for (const socket of [toEngine, toServer]) socket.on("error", () => undefined);
  }

  /** From now on it passes packets: those of the engine's port, and for the peer whose checks the gate lets in. */
  serve(enginePort: number, gate: CheckGate): void {
    this.#enginePort = enginePort;
    this.#gate = gate;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#toEngine.close();
    this.#toServer.close();
  }

  #isEngine({ address, port }: RemoteInfo): boolean {
    return port === this.#enginePort && address === this.server.host;
  }

  #fromServer(packet: Uint8Array): void {
    const { server } = this;
    if (this.#enginePort === undefined) return;
    const engine = { host: server.host, port: this.#enginePort };
    const relayed = readRelayedPacket(packet);
    const check = relayed && readConnectivityCheck(relayed.packet);
    if (!relayed || check?.tieBreaker !== 0n) {
      this.#send(this.#toEngine, packet, engine);
      return;
    }
    const admitted = this.#gate?.admit(relayed.packet, check);
    if (admitted) this.#send(this.#toEngine, withRelayedPacket(packet, relayed, admitted), engine);
  }

  #send(socket: Socket, packet: Uint8Array, { host, port }: Pick<UdpIceServer, "host" | "port">): void {
    if (!this.#closed) sendOrLose(socket, packet, port, host);
  }
}
