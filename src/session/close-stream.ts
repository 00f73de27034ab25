/** Returned or yielded by a handler to end the stream from the server's side. */
export class CloseStream {
  /** What the peer is told. */
  readonly message: string;

  /** @param message What the peer is told. @default "Stream closed" */
  constructor(message = "Stream closed") {
    this.message = message;
  }
}
