/** What a WebSocket tells its owner. None of these throws. */
export interface SocketEvents {
  /** A text message came, as UTF-8; the bytes are the receiver's to keep. */
  text(utf8: Buffer): void;
  /** A binary message came; the bytes are the receiver's to keep. */
  binary(bytes: Uint8Array): void;
  /** The messages that came in one go have all been told. Soon after the last of them, before any that comes later. */
  settled(): void;
  /** A sign of life that carries nothing. */
  alive(): void;
  /**
   * The connection is over. Called once; `error` says what went wrong, when something did.
   * @param isBroken whether it ended without a word of the peer's (code 1006, RFC 6455 §7.1.5). @default false
   */
  closed(error: Error | undefined, isBroken?: boolean): void;
}

/** The room that `sendPrepared` wants in front of a message, in bytes: the header of a frame. */
export const FRAME_HEADER_BYTES = 4;

/** An open WebSocket on the server's side, as small as the transports need it. */
export interface MessageSocket {
  /** Bytes that were sent and still wait in this process. */
  readonly bufferedAmount: number;
  /** Says who hears the events from now on. */
  listen(events: SocketEvents): void;
  sendText(text: string): void;
  /**
   * Sends the text message whose UTF-8 stands behind `FRAME_HEADER_BYTES` of room: without a copy, which is for what goes
   * out fifty times a second to a thousand peers. The memory belongs to the socket from now on.
   */
  sendPrepared(frame: Buffer): void;
  sendBinary(bytes: Uint8Array): void;
  /** Asks the peer for a sign of life. */
  ping(): void;
  /** Stops reading, so that the peer's sending comes to a halt, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the connection as the protocol has it (RFC 6455 §7), after what was sent. */
  close(code: number, reason: string): void;
  /** Ends the connection at once. */
  terminate(): void;
}
