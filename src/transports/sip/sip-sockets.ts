import { type Socket as UdpSocket, createSocket } from "node:dgram";
import { once } from "node:events";
import { type Server, type Socket, connect, createServer, isIPv6 } from "node:net";
import type { Clock } from "../../async/clock.ts";
import { FastRtcError, toError } from "../../errors.ts";
import { MessageSplitter } from "../../protocol/sip/message-splitter.ts";
import type { Logger } from "../../session/logger.ts";
import { type SipAddress, addressFor, plainAddress } from "./sip-address.ts";

/** How many TCP connections there may be; more are closed at once. */
const MAX_CONNECTIONS = 256;
/** How much may wait for a connection whose far end does not read, in bytes; beyond it the connection is closed. */
const MAX_WAITING_BYTES = 256 * 1024;
/** How long a connection may carry nothing, in milliseconds. */
const IDLE_MS = 15 * 60_000;
/** How long a connection may take to come about, in milliseconds. */
const CONNECT_MS = 5000;

/** How many ports are tried where any will do. */
const ATTEMPTS = 20;

export interface SipSocketsOptions {
  readonly transports: readonly SipAddress["transport"][];
  readonly address: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether a connection of this address is taken. */
  readonly mayConnect: (address: string) => boolean;
  readonly onMessage: (bytes: Uint8Array, source: SipAddress) => void;
}

/** The UDP and the TCP port of SIP, and the connections of the latter (RFC 3261 §18). */
export class SipSockets {
  readonly #options: SipSocketsOptions;
  readonly #connections = new Map<string, Socket>();
  #udp: UdpSocket | undefined;
  #server: Server | undefined;
  #port = 0;
  #isBound = false;
  #closed = false;

  private constructor(options: SipSocketsOptions) {
    this.#options = options;
  }

  /** @throws {FastRtcError} `port_in_use`; `invalid_option` for an address that is not this machine's. */
  static async open(options: SipSocketsOptions): Promise<SipSockets> {
    for (let attempt = 1; ; attempt += 1) {
      const sockets = new SipSockets(options);
      try {
        await sockets.#open();
        return sockets;
      } catch (thrown) {
        await sockets.close();
        // A port that is free for UDP may be taken for TCP: where any will do, another is tried.
        const isOthers = (toError(thrown) as NodeJS.ErrnoException).code === "EADDRINUSE";
        if (options.port !== 0 || !isOthers || attempt === ATTEMPTS) throw refusal(toError(thrown), options);
      }
    }
  }

  get port(): number {
    return this.#port;
  }

  /** Sends a message; over TCP on the connection that there is, or a new one. */
  send(bytes: Uint8Array, to: SipAddress, onFailure: (error: Error) => void): void {
    if (this.#closed) return;
    if (to.transport === "tcp") {
      this.#sendByTcp(bytes, to, onFailure);
      return;
    }
    if (!this.#udp) {
      onFailure(new Error('UDP is not among this endpoint\'s "transport"'));
      return;
    }
    try {
      this.#udp.send(
        bytes,
        to.port,
        addressFor(to.address, this.#udp.address().family),
        (error) => error && onFailure(error),
      );
    } catch (thrown) {
      onFailure(toError(thrown)); // An address of the other family, for instance.
    }
  }

  /** Closes everything. Harmless when repeated. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.destroy();
    const [udp, server] = [this.#udp, this.#server];
    await Promise.all(
      [
        udp && this.#isBound && new Promise<void>((resolve) => udp.close(() => resolve())),
        server?.listening && new Promise<void>((resolve) => server.close(() => resolve())),
      ].map((closing) => Promise.resolve(closing)),
    );
  }

  async #open(): Promise<void> {
    const { transports, address, port } = this.#options;
    this.#port = port;
    if (transports.includes("udp")) {
      const udp = createSocket({ type: isIPv6(address) ? "udp6" : "udp4" });
      this.#udp = udp;
      udp.bind(port, address);
      await once(udp, "listening"); // Rejects with its "error".
      this.#isBound = true;
      this.#port = udp.address().port;
      udp.on("error", (error) => this.#options.logger.warn("the UDP port of SIP failed:", error));
      udp.on("message", (bytes, from) =>
        this.#take(bytes, { transport: "udp", address: plainAddress(from.address), port: from.port }),
      );
    }
    if (!transports.includes("tcp")) return;
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    server.maxConnections = MAX_CONNECTIONS;
    server.listen(this.#port, address);
    await once(server, "listening");
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.#port = bound.port;
    server.on("error", (error) => this.#options.logger.warn("the TCP port of SIP failed:", error));
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? "");
    if (this.#connections.size >= MAX_CONNECTIONS || !this.#options.mayConnect(address)) {
      socket.destroy();
      return;
    }
    this.#keep(socket, { transport: "tcp", address, port: socket.remotePort ?? 0 });
  }

  #sendByTcp(bytes: Uint8Array, to: SipAddress, onFailure: (error: Error) => void): void {
    let connection = this.#connections.get(keyOf(to));
    if (!connection) {
      if (this.#connections.size >= MAX_CONNECTIONS) {
        onFailure(new Error(`${MAX_CONNECTIONS} connections are open`));
        return;
      }
      connection = connect({ host: to.address, port: to.port });
      connection.setTimeout(CONNECT_MS);
      connection.once("connect", () => connection?.setTimeout(IDLE_MS));
      this.#keep(connection, to);
    }
    if (connection.writableLength > MAX_WAITING_BYTES) {
      connection.destroy(new Error("the far end of the connection does not read"));
    }
    connection.write(bytes, (error) => error && onFailure(error));
  }

  #keep(socket: Socket, peer: SipAddress): void {
    const key = keyOf(peer);
    const splitter = new MessageSplitter();
    this.#connections.set(key, socket);
    socket.setNoDelay(true);
    if (!socket.connecting) socket.setTimeout(IDLE_MS);
    socket.on("timeout", () => socket.destroy(new Error("the connection carried nothing for too long")));
    socket.on("error", (error) => this.#options.logger.debug(`the SIP connection of ${key} failed:`, error));
    socket.on("close", () => {
      if (this.#connections.get(key) === socket) this.#connections.delete(key);
    });
    socket.on("data", (bytes) => {
      const messages = splitter.push(bytes);
      if ("reason" in messages) {
        this.#options.logger.debug(`the SIP connection of ${key} is closed: ${messages.reason}`);
        socket.destroy();
        return;
      }
      for (const message of messages) this.#take(message, peer);
    });
  }

  #take(bytes: Uint8Array, source: SipAddress): void {
    if (this.#closed) return;
    try {
      this.#options.onMessage(bytes, source);
    } catch (thrown) {
      // What one message does wrong must not take the calls of others with it.
      this.#options.logger.error(`a SIP message of ${source.address} could not be taken:`, toError(thrown));
    }
  }
}

function keyOf({ address, port }: SipAddress): string {
  return `${address} ${port}`;
}

function refusal(error: Error, { address, port }: SipSocketsOptions): FastRtcError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return new FastRtcError("port_in_use", `Port ${port} is in use: give stream.sip() another "port".`, {
      cause: error,
    });
  }
  const why = `stream.sip() cannot listen at ${address}, port ${port} (${error.message}): "address" is one of this machine's`;
  return new FastRtcError("invalid_option", `${why}, and ports below 1024 need rights.`, { cause: error });
}
