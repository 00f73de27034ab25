import { FRAME_HEADER_BYTES, type MessageSocket, type SocketEvents } from "./message-socket.ts";
import type { MediaConnection, MediaListener } from "./media-connection.ts";

/** An open WebSocket of the package `ws`, or anything of its shape: what frameworks hand to their WebSocket routes. */
export interface WsWebSocket {
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(data: string | Uint8Array, options: { readonly binary?: boolean }): void;
  ping(): void;
  pause(): void;
  resume(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

const OPEN = 1;
/** The code of a connection that ended without one. */
const BROKEN = 1006;
const AS_TEXT = { binary: false };
const AS_BINARY = { binary: true };
/** A whole text message, as the first byte of a frame (RFC 6455 §5.2), and how a length of two bytes is announced. */
const WHOLE_TEXT = 0x81;
const TWO_BYTE_LENGTH = 126;

/** Makes a `ws` WebSocket a MessageSocket. Its listeners must be added before the event loop turns: messages are not kept. */
export class WsSocket implements MessageSocket, MediaListener {
  readonly #socket: WsWebSocket;
  #events: SocketEvents | undefined;
  readonly #connection: MediaConnection | undefined;
  #willSettle = false;
  #error: Error | undefined;

  /**
   * @param connection What the WebSocket was made on, when nothing is compressed: frames that are prepared then go out in one
   * write of one piece. Whoever made it has it listened to by this socket. @default unknown
   */
  constructor(socket: WsWebSocket, connection?: MediaConnection) {
    this.#socket = socket;
    this.#connection = connection;
    socket.on("message", (data: unknown, isBinary: boolean) => {
      const bytes = toBuffer(data);
      if (isBinary) this.binary(bytes);
      else this.text(bytes);
      this.#settleSoon();
    });
    socket.on("ping", () => this.#events?.alive());
    socket.on("pong", () => this.#events?.alive());
    // A frame that breaks the protocol or is too large: `close` follows.
    socket.on("error", (error: Error) => (this.#error = error));
    socket.on("close", (code: number) => this.#events?.closed(this.#error, code === BROKEN));
  }

  get bufferedAmount(): number {
    return this.#connection?.waitingBytes ?? this.#socket.bufferedAmount;
  }

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  text(utf8: Buffer): void {
    this.#events?.text(utf8);
  }

  binary(bytes: Uint8Array): void {
    this.#events?.binary(bytes);
  }

  settled(): void {
    this.#events?.settled();
  }

  sendText(text: string): void {
    this.#socket.send(text, AS_TEXT);
  }

  sendPrepared(frame: Buffer): void {
    const length = frame.length - FRAME_HEADER_BYTES;
    if (!this.#connection || length < TWO_BYTE_LENGTH || length > 0xffff) {
      this.#socket.send(frame.subarray(FRAME_HEADER_BYTES), AS_TEXT);
    } else if (this.#socket.readyState === OPEN) {
      frame[0] = WHOLE_TEXT;
      frame[1] = TWO_BYTE_LENGTH;
      frame[2] = length >> 8;
      frame[3] = length & 0xff;
      if (!this.#connection.writeFrames(frame)) this.#socket.send(frame.subarray(FRAME_HEADER_BYTES), AS_TEXT);
    }
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes, AS_BINARY);
  }

  ping(): void {
    this.#socket.ping();
  }

  pause(): void {
    if (this.#connection) this.#connection.hold();
    else this.#socket.pause();
  }

  resume(): void {
    if (this.#connection) this.#connection.release();
    else this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** `ws` hands over all messages of what it has read before any microtask runs. */
  #settleSoon(): void {
    if (this.#willSettle) return;
    this.#willSettle = true;
    queueMicrotask(() => {
      this.#willSettle = false;
      this.settled();
    });
  }
}

/** The bytes of a message, which `ws` gives as its `binaryType` says. */
function toBuffer(data: unknown): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (Array.isArray(data)) return Buffer.concat(data as Buffer[]);
  return Buffer.from(String(data));
}
