import type { Clock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import { InboundAllowance } from "./inbound-allowance.ts";
import type { MessageSocket, SocketEvents } from "./message-socket.ts";
import { SocketLiveness } from "./socket-liveness.ts";

/** How many bytes may wait for a peer that does not read; what is sent beyond is dropped. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** How long a peer that sends too much is not read, in milliseconds. */
const PAUSE_MS = 250;
/** How long a peer may take to agree to the end of the connection, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;
/** How long after a complaint further ones are kept back, in milliseconds. */
const COMPLAINT_INTERVAL_MS = 1000;

/** How a link was lost: closed by the peer, silent for too long, or broken off without a word. */
export type LossReason = "peer-left" | "peer-silent" | "connection-failed";

/** Who reads a link's messages. */
export interface LinkReceiver {
  /** Reads a text message in UTF-8; returns how much sound was in it, in milliseconds. */
  text(utf8: Buffer): number;
  /** Reads a binary message; returns how much sound was in it, in milliseconds. */
  binary(bytes: Uint8Array): number;
  /** The messages that came in one go have all been read. @default nothing is done */
  settled?(): void;
  /** Something about the peer's messages is wrong: to be told to it. At most once a second. */
  complain(sentence: string): void;
  /** The connection is over, and not because `close` was called: the peer closed it, or has been silent for too long. */
  lost(reason: LossReason, error: Error | undefined): void;
}

export interface SocketLinkOptions {
  readonly socket: MessageSocket;
  readonly clock: Clock;
  readonly receiver: LinkReceiver;
}

/**
 * A WebSocket with everything bounded that its peer could make grow: a peer that floods is read no faster than its
 * sound plays, for one that does not read nothing piles up, and one that vanished is noticed within 8 s.
 */
export class SocketLink implements SocketEvents {
  /** Who reads the messages from now on. */
  receiver: LinkReceiver;
  readonly #socket: MessageSocket;
  readonly #clock: Clock;
  readonly #allowance: InboundAllowance;
  readonly #liveness: SocketLiveness;
  readonly #closed: Promise<void>;
  #markClosed: () => void = () => {};
  #state: "open" | "closing" | "closed" = "open";
  #cancelResume: (() => void) | undefined;
  #cancelTermination: (() => void) | undefined;
  #complainedAtMs = -Infinity;

  constructor({ socket, clock, receiver }: SocketLinkOptions) {
    this.#socket = socket;
    this.#clock = clock;
    this.receiver = receiver;
    this.#allowance = new InboundAllowance(clock.nowMs());
    this.#liveness = new SocketLiveness({
      clock,
      ping: () => this.#socket.ping(),
      onSilence: () => this.#abandon("peer-silent"),
    });
    this.#closed = new Promise((resolve) => (this.#markClosed = resolve));
    socket.listen(this);
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Bytes that were sent and still wait in this process. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends a text message; false when it was dropped, because the peer does not read or the connection is closing. */
  sendText(text: string): boolean {
    if (!this.#canSend) return false;
    this.#socket.sendText(text);
    return true;
  }

  /** Sends a text message as `MessageSocket.sendPrepared` does; false when it was dropped, likewise. */
  sendPrepared(frame: Buffer): boolean {
    if (!this.#canSend) return false;
    this.#socket.sendPrepared(frame);
    return true;
  }

  /** Sends a binary message; false when it was dropped, likewise. */
  sendBinary(bytes: Uint8Array): boolean {
    if (!this.#canSend) return false;
    this.#socket.sendBinary(bytes);
    return true;
  }

  /** Tells the peer what is wrong with its messages, at most once a second. */
  complain(sentence: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#complainedAtMs < COMPLAINT_INTERVAL_MS) return;
    this.#complainedAtMs = nowMs;
    this.receiver.complain(sentence);
  }

  /**
   * Closes the connection after what was sent; resolves when it is closed, after 2 s at the latest.
   * Harmless when repeated.
   * @param code As in RFC 6455 §7.4.1: 1000 for a normal end, 1008 for a peer that broke the rules.
   */
  close(code = 1000, reason = ""): Promise<void> {
    if (this.#state === "open") {
      this.#state = "closing";
      this.#rest();
      this.#socket.resume();
      this.#cancelTermination = this.#clock.after(CLOSE_TIMEOUT_MS, () => this.#abandon("peer-left"));
      this.#socket.close(code, reason);
    }
    return this.#closed;
  }

  text(utf8: Buffer): void {
    if (!this.#admits()) return;
    try {
      this.#allowance.spend(this.receiver.text(utf8));
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  binary(bytes: Uint8Array): void {
    if (!this.#admits()) return;
    try {
      this.#allowance.spend(this.receiver.binary(bytes));
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  settled(): void {
    if (this.#state !== "open") return;
    try {
      this.receiver.settled?.();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  alive(): void {
    if (this.#admits()) this.#allowance.spend(0);
  }

  closed(error: Error | undefined, isBroken = false): void {
    this.#finish(isBroken ? "connection-failed" : "peer-left", error);
  }

  get #canSend(): boolean {
    return this.#state === "open" && this.#socket.bufferedAmount < MAX_BUFFERED_BYTES;
  }

  #admits(): boolean {
    if (this.#state !== "open") return false;
    this.#liveness.heard();
    if (this.#allowance.isOpen(this.#clock.nowMs())) return true;
    this.complain("The messages come faster than their sound plays: what is more than 5 seconds early is dropped.");
    if (!this.#cancelResume) {
      this.#socket.pause();
      this.#cancelResume = this.#clock.after(PAUSE_MS, () => {
        this.#cancelResume = undefined;
        this.#socket.resume();
      });
    }
    return false;
  }

  /** A message that could not be borne, for want of memory or by a mistake of ours, costs its peer the connection, and not the process. */
  #fail(thrown: unknown): void {
    const error = toError(thrown);
    process.emitWarning(error); // Before a session has begun nobody logs what a connection was lost by.
    this.#abandon("connection-failed", error);
  }

  #abandon(reason: LossReason, error?: Error): void {
    this.#finish(reason, error);
    this.#socket.terminate();
  }

  #finish(reason: LossReason, error: Error | undefined): void {
    if (this.#state === "closed") return;
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    this.#rest();
    this.#cancelTermination?.();
    this.#markClosed();
    if (wasOpen) this.receiver.lost(reason, error);
  }

  #rest(): void {
    this.#liveness.stop();
    this.#cancelResume?.();
    this.#cancelResume = undefined;
  }
}
