import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { FrameSplitter } from "./frame-splitter.ts";

/** Who takes the messages that are read in front of `ws`. */
export interface MediaListener {
  text(utf8: Buffer): void;
  binary(bytes: Uint8Array): void;
  /** What came in one go has been handed over. */
  settled(): void;
}

type WriteCallback = (error?: Error | null) => void;

/**
 * A client's connection as `ws` is shown it: without the short whole messages, which go to a listener directly. `ws` makes
 * the handshake, reads and answers everything else, and closes; it knows nothing of this.
 */
export class MediaConnection extends Duplex {
  readonly #connection: Duplex;
  readonly #splitter: FrameSplitter;
  #listener: MediaListener | undefined;
  /** Who made the connection pause: its owner, and `ws`, which takes no more for now. */
  #isPaused = false;
  #isFull = false;
  #writingBytes = 0;
  /** Frames that leave together when what came in one go has been handed over: one write for all. */
  readonly #outgoing: Buffer[] = [];
  #isTaking = false;

  /** @param connection From an upgrade of node:http. Its owner gives it away. */
  constructor(connection: Duplex) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
    this.#splitter = new FrameSplitter({
      text: (utf8) => this.#listener?.text(utf8),
      binary: (bytes) => this.#listener?.binary(bytes),
      other: (bytes) => {
        if (!this.destroyed && !this.readableEnded && !this.push(bytes)) this.#setPaused(this.#isPaused, true);
      },
    });
    // As `ws` does it for sockets.
    if (connection instanceof Socket) connection.setTimeout(0).setNoDelay();
    connection.on("error", (error) => this.destroy(error));
    connection.on("close", () => this.destroy());
  }

  /** Begins to read. @param head What came behind the request. */
  listen(listener: MediaListener, head: Buffer): void {
    this.#listener = listener;
    this.read(0); // From now on what is pushed is read at once: it stays in its order with what the listener gets.
    this.#connection.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#connection.on("end", () => this.push(null));
    if (head.length > 0) this.#take(head);
  }

  /** Bytes that were written and still wait in this process. */
  get waitingBytes(): number {
    const outgoingBytes = this.#outgoing.reduce((sum, { length }) => sum + length, 0);
    return this.#connection.writableLength + this.writableLength - this.#writingBytes + outgoingBytes;
  }

  /** Writes whole frames of one's own; false when others have to leave first, and nothing was written. */
  writeFrames(frames: Buffer): boolean {
    if (this.writableLength > this.#writingBytes) return false;
    if (this.#isTaking) this.#outgoing.push(frames);
    else this.#connection.write(frames);
    return true;
  }

  /** Stops reading. */
  hold(): void {
    this.#setPaused(true, this.#isFull);
  }

  /** Reads again after `hold`. */
  release(): void {
    this.#setPaused(false, this.#isFull);
  }

  override _read(): void {
    this.#setPaused(this.#isPaused, false);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: WriteCallback): void {
    this.#writeThrough(chunk, callback);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], callback: WriteCallback): void {
    this.#writeThrough(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  override _final(callback: WriteCallback): void {
    this.#writeOutgoing();
    this.#connection.end(callback);
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    this.#connection.destroy();
    callback(error);
  }

  #take(chunk: Buffer): void {
    this.#isTaking = true;
    this.#splitter.push(chunk);
    this.#listener?.settled();
    this.#isTaking = false;
    this.#writeOutgoing();
  }

  #writeThrough(bytes: Buffer, callback: WriteCallback): void {
    this.#writeOutgoing();
    this.#writingBytes = bytes.length;
    this.#connection.write(bytes, (error) => {
      this.#writingBytes = 0;
      callback(error);
    });
  }

  #writeOutgoing(): void {
    const [first] = this.#outgoing;
    if (!first) return;
    const frames = this.#outgoing.length === 1 ? first : Buffer.concat(this.#outgoing);
    this.#outgoing.length = 0;
    if (!this.#connection.destroyed) this.#connection.write(frames);
  }

  #setPaused(isPaused: boolean, isFull: boolean): void {
    const stood = this.#isPaused || this.#isFull;
    this.#isPaused = isPaused;
    this.#isFull = isFull;
    const stands = isPaused || isFull;
    if (stands === stood) return;
    if (stands) this.#connection.pause();
    else this.#connection.resume();
  }
}
