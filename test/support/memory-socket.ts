import { FRAME_HEADER_BYTES, type MessageSocket, type SocketEvents } from "../../src/sockets/message-socket.ts";

/** The server's end of a WebSocket whose other end is the test. */
export class MemorySocket implements MessageSocket {
  bufferedAmount = 0;
  readonly texts: string[] = [];
  readonly binaries: Uint8Array[] = [];
  pingCount = 0;
  isPaused = false;
  isTerminated = false;
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  /** Called with every text message that the server sends. */
  onText: (text: string) => void = () => {};
  /** Called with every binary message that the server sends. */
  onBinary: (bytes: Uint8Array) => void = () => {};
  /** Whether the peer agrees to a close at once. */
  agreesToClose = true;
  #events: SocketEvents | undefined;
  #willSettle = false;

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  sendText(text: string): void {
    this.texts.push(text);
    this.onText(text);
  }

  sendPrepared(frame: Buffer): void {
    this.sendText(frame.subarray(FRAME_HEADER_BYTES).toString());
  }

  sendBinary(bytes: Uint8Array): void {
    this.binaries.push(bytes);
    this.onBinary(bytes);
  }

  ping(): void {
    this.pingCount += 1;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
    if (this.agreesToClose) this.#events?.closed(undefined);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** The peer sends a message: text, an object as JSON, or bytes. */
  receive(message: string | Uint8Array | object): void {
    if (message instanceof Uint8Array) this.#events?.binary(message);
    else this.#events?.text(Buffer.from(typeof message === "string" ? message : JSON.stringify(message)));
    if (this.#willSettle) return;
    this.#willSettle = true;
    queueMicrotask(() => {
      this.#willSettle = false;
      this.#events?.settled();
    });
  }

  /** The peer answers a ping. */
  pong(): void {
    this.#events?.alive();
  }

  /** The connection ends from the far side, or breaks off. */
  drop(error?: Error, { isBroken = false }: { isBroken?: boolean } = {}): void {
    this.#events?.closed(error, isBroken);
  }

  /** The server's text messages, parsed. */
  get messages(): unknown[] {
    return this.texts.map((text) => JSON.parse(text) as unknown);
  }
}
