import type { MessageSocket, SocketEvents } from "./message-socket.ts";

/** An open WebSocket of the package `ws`, or anything of its shape: what frameworks hand to their WebSocket routes. */
export interface WsWebSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  ping(): void;
  pause(): void;
  resume(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** Makes a `ws` WebSocket a MessageSocket. Its listeners must be added before the event loop turns: messages are not kept. */
export class WsSocket implements MessageSocket {
  readonly #socket: WsWebSocket;
  #events: SocketEvents | undefined;
  #error: Error | undefined;

  constructor(socket: WsWebSocket) {
    this.#socket = socket;
    socket.on("message", (data: unknown, isBinary: boolean) => {
      const bytes = toBuffer(data);
      if (isBinary) this.#events?.binary(bytes);
      else this.#events?.text(bytes.toString());
    });
    socket.on("ping", () => this.#events?.alive());
    socket.on("pong", () => this.#events?.alive());
    // A frame that breaks the protocol or is too large: `close` follows.
    socket.on("error", (error: Error) => (this.#error = error));
    socket.on("close", () => this.#events?.closed(this.#error));
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  ping(): void {
    this.#socket.ping();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** The bytes of a message, which `ws` gives as its `binaryType` says. */
function toBuffer(data: unknown): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (Array.isArray(data)) return Buffer.concat(data as Buffer[]);
  return Buffer.from(String(data));
}
