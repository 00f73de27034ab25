import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import type { Clock } from "../../../async/clock.ts";
import { readConnectivityCheck } from "../../../protocol/stun/connectivity-check.ts";
import { FramedPackets, framePacket } from "../../../rtp/framed-packets.ts";
import { FrontFlow } from "./front-flow.ts";
import type { FrontPeer } from "./front-peer.ts";
import type { Front } from "./shared-fronts.ts";

export interface TcpFrontOptions {
  readonly address: string;
  readonly port: number;
  readonly peerOf: (iceUfrag: string) => FrontPeer | undefined;
  readonly clock: Clock;
}

/** Connections beyond these are closed at once. */
const MAX_CONNECTIONS = 2000;
/** Connections of which nobody knows yet whose they are; beyond these, new ones are closed at once. */
const MAX_STRANGERS = 200;
/** How long a connection may take to say whose it is. */
const INTRODUCTION_MS = 10_000;
/** Bytes that may wait for a peer. What comes on top is lost as on any network, so that what arrives is not old. */
const MAX_WAITING_BYTES = 256_000;

/**
 * A TCP port for peers to whose network UDP is closed (ICE over TCP, RFC 6544; this end is the passive one). Each connection has to begin with
 * a check that is signed with the password of a peer's answer; then its packets go to the engine and back.
 */
export class TcpFront implements Front {
  readonly protocol = "tcp";
  readonly address: string;
  readonly port: number;
  readonly #server: Server;
  readonly #options: TcpFrontOptions;
  readonly #connections = new Set<Socket>();
  #strangers = 0;

  /** `undefined` when the port cannot be had. */
  static open(options: TcpFrontOptions): Promise<TcpFront | undefined> {
    const server = createServer({ noDelay: true });
    server.maxConnections = MAX_CONNECTIONS;
    return new Promise((resolve) => {
      server.once("error", () => resolve(undefined));
      server.listen({ host: options.address, port: options.port }, () => {
        server.removeAllListeners("error");
        resolve(new TcpFront(server, options));
      });
    });
  }

  private constructor(server: Server, options: TcpFrontOptions) {
    this.address = options.address;
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#options = options;
    server.on("connection", (socket) => this.#connected(socket));
    // A connection that could not be accepted: too many files are open. Its peer tries again.
    server.on("error", () => undefined);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #connected(socket: Socket): void {
    const { clock } = this.#options;
    if (this.#strangers >= MAX_STRANGERS) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    this.#strangers += 1;
    let flow: FrontFlow | undefined;
    const cancelWait = clock.after(INTRODUCTION_MS, () => socket.destroy());
    const framed = new FramedPackets();
    socket.on("data", (piece) => {
      const packets = framed.push(piece);
      if (!packets) socket.destroy();
      for (const packet of packets ?? []) {
        if (socket.destroyed) return;
        if (flow) {
          flow.handle(packet);
          continue;
        }
        flow = this.#introduce(packet, socket);
        if (!flow) {
          socket.destroy();
          return;
        }
        cancelWait();
        this.#strangers -= 1;
      }
    });
    socket.on("error", () => undefined); // "close" follows.
    socket.on("close", () => {
      this.#connections.delete(socket);
      cancelWait();
      if (flow) flow.close();
      else this.#strangers -= 1;
    });
  }

  #introduce(packet: Uint8Array, socket: Socket): FrontFlow | undefined {
    const check = readConnectivityCheck(packet);
    const peer = check && this.#options.peerOf(check.receiverUfrag);
    const admitted = check && peer?.admit(packet, check);
    if (!peer || !admitted) return undefined;
    const flow = FrontFlow.open({
      peer,
      clock: this.#options.clock,
      send: (answer) => {
        if (socket.writableLength < MAX_WAITING_BYTES) socket.write(framePacket(answer));
      },
      onClose: () => socket.destroy(),
    });
    flow?.pass(admitted);
    return flow;
  }
}
