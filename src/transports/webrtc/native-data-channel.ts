import type { DataChannel } from "node-datachannel";
import { FastRtcError } from "../../errors.ts";
import { engineDrained } from "./engine-drain.ts";
import { guardCallback } from "./guard-callback.ts";
import type { PacketDataChannel } from "./packet-transport.ts";

/** Bytes that may wait for a slow peer before `send` drops messages. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** What a peer may send in one turn of the event loop before its channel is closed as a flood. */
const MAX_MESSAGES_PER_TURN = 512;
const MAX_BYTES_PER_TURN = 16 * 1024 * 1024;
/** Longest label or protocol name kept, in characters. */
const MAX_NAME_LENGTH = 256;

export interface NativeDataChannelEvents {
  open(channel: PacketDataChannel): void;
  message(channel: PacketDataChannel, message: string | Uint8Array): void;
  closed(channel: PacketDataChannel): void;
  error(error: Error): void;
}

/** A data channel of the engine, with bounds on what waits in either direction. */
export class NativeDataChannel implements PacketDataChannel {
  readonly id: number;
  readonly label: string;
  readonly protocol: string;
  readonly #native: DataChannel;
  readonly maxMessageSize: number;
  #events: NativeDataChannelEvents | undefined;
  #phase: "opening" | "open" | "closed" = "opening";
  #turnMessages = 0;
  #turnBytes = 0;

  constructor(native: DataChannel, maxMessageSize: number, events: NativeDataChannelEvents) {
    this.#native = native;
    this.#events = events;
    this.maxMessageSize = maxMessageSize;
    this.id = native.getId();
    this.label = native.getLabel().slice(0, MAX_NAME_LENGTH);
    this.protocol = native.getProtocol().slice(0, MAX_NAME_LENGTH);
    const guard = <Arguments extends unknown[]>(callback: (...args: Arguments) => void) =>
      guardCallback(callback, (error) => this.#events?.error(error));
    native.onOpen(guard(() => this.#opened()));
    native.onClosed(guard(() => this.#ended()));
    native.onError(guard((message) => this.#events?.error(new Error(`Data channel "${this.label}": ${message}`))));
    native.onMessage(guard((message) => this.#received(message)));
    // The engine opens incoming channels before it shows them.
    if (native.isOpen()) guard(() => this.#opened())();
  }

  get isOpen(): boolean {
    return this.#phase === "open";
  }

  get bufferedAmount(): number {
    return this.#phase === "open" ? this.#native.bufferedAmount() : 0;
  }

  send(message: string | Uint8Array): boolean {
    const byteLength = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
    if (byteLength > this.maxMessageSize) {
      throw new FastRtcError(
        "invalid_argument",
        `A data channel message of ${byteLength} bytes is larger than the ${this.maxMessageSize} that the peer accepts.`,
      );
    }
    if (this.#phase !== "open") return false;
    try {
      if (this.#native.bufferedAmount() + byteLength > MAX_BUFFERED_BYTES) return false;
      // The engine's return value says whether it went out at once; what did not is buffered and still goes.
      if (typeof message === "string") this.#native.sendMessage(message);
      else this.#native.sendMessageBinary(message);
      return true;
    } catch {
      // The peer closed the channel a moment ago, and the event of it is on its way.
      return false;
    }
  }

  close(): void {
    if (this.#phase === "closed") return;
    this.#ended();
    void engineDrained().then(() => this.free());
  }

  /** Stops all events; `free` has to follow. */
  detach(): void {
    this.#phase = "closed";
    this.#events = undefined;
  }

  /** Gives the native memory back, once the engine has delivered what it had queued. */
  free(): void {
    this.#native.close();
  }

  #opened(): void {
    if (this.#phase !== "opening") return;
    this.#phase = "open";
    this.#events?.open(this);
  }

  #received(message: string | Uint8Array | ArrayBuffer): void {
    this.#opened(); // Its event may come second.
    if (this.#phase !== "open") return;
    if (!this.#withinTurn(typeof message === "string" ? message.length : message.byteLength)) {
      this.#events?.error(new Error(`The peer flooded its data channel "${this.label}", which was closed.`));
      this.close();
      return;
    }
    this.#events?.message(this, message instanceof ArrayBuffer ? new Uint8Array(message) : message);
  }

  #withinTurn(byteLength: number): boolean {
    if (this.#turnMessages === 0) {
      setImmediate(() => {
        this.#turnMessages = 0;
        this.#turnBytes = 0;
      });
    }
    this.#turnMessages += 1;
    this.#turnBytes += byteLength;
    return this.#turnMessages <= MAX_MESSAGES_PER_TURN && this.#turnBytes <= MAX_BYTES_PER_TURN;
  }

  #ended(): void {
    if (this.#phase === "closed") return;
    const wasOpen = this.#phase === "open";
    this.#phase = "closed";
    if (wasOpen) this.#events?.closed(this);
  }
}
