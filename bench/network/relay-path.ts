import { type Socket, createSocket } from "node:dgram";
import type { NetworkConditions } from "./network-conditions.ts";
import { type LinkCounts, NetworkLink } from "./network-link.ts";
import { seededRandom } from "./seeded-random.ts";

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What a path did since the reading before, of its newest packets, in milliseconds. */
export interface PathReport {
  readonly toServer: LinkCounts;
  readonly toClient: LinkCounts;
  /** How long packets stood in each direction's queue. */
  readonly queuedToServerMs: readonly number[];
  readonly queuedToClientMs: readonly number[];
  /** How much later than meant packets left: the relay's own fault. */
  readonly latenessMs: readonly number[];
}

/** Of how many packets times are kept. */
const KEPT_COUNT = 20_000;
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * The way of one connection through the relay: a socket that the client sends to, one that the server sends to, and a bad
 * network in each direction between them. The client is whoever sends to the first; the server is told.
 */
export class RelayPath implements AsyncDisposable {
  readonly #clientSide: Socket;
  readonly #serverSide: Socket;
  readonly #toServer: NetworkLink<Buffer>;
  readonly #toClient: NetworkLink<Buffer>;
  #client: Endpoint | undefined;
  #server: Endpoint | undefined;
  #timer: { readonly atMs: number; readonly id: NodeJS.Timeout } | undefined;
  readonly #times = { queuedToServerMs: [] as number[], queuedToClientMs: [] as number[], latenessMs: [] as number[] };
  #isClosed = false;

  private constructor(clientSide: Socket, serverSide: Socket, conditions: NetworkConditions, seed: number) {
    this.#clientSide = clientSide;
    this.#serverSide = serverSide;
    this.#toServer = new NetworkLink(conditions, seededRandom(seed));
    this.#toClient = new NetworkLink(conditions, seededRandom(seed + 1));
    clientSide.on("message", (packet, { address, port }) => {
      this.#client = { address, port };
      this.#relay(this.#toServer, packet);
    });
    serverSide.on("message", (packet, { address, port }) => {
      this.#server = { address, port };
      this.#relay(this.#toClient, packet);
    });
    // A port that nobody listens on any more: packets to it are lost, as on any network.
    for (const socket of [clientSide, serverSide]) socket.on("error", () => {});
  }

  /** Opens the two sockets. @param seed of the network's losses and jitter */
  static async open(conditions: NetworkConditions, seed: number): Promise<RelayPath> {
    return new RelayPath(await boundSocket(), await boundSocket(), conditions, seed);
  }

  /** Where the client is to send, instead of to the server. */
  get clientPort(): number {
    return this.#clientSide.address().port;
  }

  /** Where the server is to send, instead of to the client. */
  get serverPort(): number {
    return this.#serverSide.address().port;
  }

  /** Says where the server is. */
  connect(server: Endpoint): void {
    this.#server = server;
  }

  /** Changes both directions. */
  change(conditions: NetworkConditions): void {
    const nowMs = performance.now();
    for (const link of [this.#toServer, this.#toClient]) link.change(conditions, nowMs);
    this.#deliver();
  }

  /** What it did; counts are since the beginning, times since the report before. */
  takeReport(): PathReport {
    const { queuedToServerMs, queuedToClientMs, latenessMs } = this.#times;
    return {
      toServer: this.#toServer.counts,
      toClient: this.#toClient.counts,
      queuedToServerMs: queuedToServerMs.splice(0),
      queuedToClientMs: queuedToClientMs.splice(0),
      latenessMs: latenessMs.splice(0),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer?.id);
    await Promise.all(
      [this.#clientSide, this.#serverSide].map((socket) => new Promise<void>((resolve) => socket.close(resolve))),
    );
  }

  #relay(link: NetworkLink<Buffer>, packet: Buffer): void {
    link.send(packet, packet.length, performance.now());
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isClosed) return;
    const nowMs = performance.now();
    const { queuedToServerMs, queuedToClientMs } = this.#times;
    for (const packet of this.#take(this.#toServer, queuedToServerMs, nowMs)) {
      if (this.#server) send(this.#serverSide, packet, this.#server);
    }
    for (const packet of this.#take(this.#toClient, queuedToClientMs, nowMs)) {
      if (this.#client) send(this.#clientSide, packet, this.#client);
    }
    const nextMs = Math.min(this.#toServer.nextMs ?? Infinity, this.#toClient.nextMs ?? Infinity);
    if (nextMs === Infinity || (this.#timer && this.#timer.atMs <= nextMs)) return;
    clearTimeout(this.#timer?.id);
    const id = setTimeout(
      () => {
        this.#timer = undefined;
        this.#deliver();
      },
      Math.max(0, nextMs - performance.now()),
    );
    this.#timer = { atMs: nextMs, id };
  }

  #take(link: NetworkLink<Buffer>, queuedMs: number[], nowMs: number): Buffer[] {
    return link.take(nowMs).map((delivered) => {
      keep(queuedMs, delivered.queuedMs);
      keep(this.#times.latenessMs, nowMs - delivered.dueMs);
      return delivered.packet;
    });
  }
}

function keep(times: number[], ms: number): void {
  if (times.push(ms) > KEPT_COUNT) times.splice(0, KEPT_COUNT / 2);
}

function send(socket: Socket, packet: Buffer, { address, port }: Endpoint): void {
  // What cannot be sent is lost, as on any network.
  socket.send(packet, port, address, () => {});
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket({
    type: "udp4",
    recvBufferSize: SOCKET_BUFFER_BYTES,
    sendBufferSize: SOCKET_BUFFER_BYTES,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "0.0.0.0", () => {
      socket.off("error", reject);
      resolve();
    });
  });
  return socket;
}
