import { splitMessage } from "../../protocol/message-pieces.ts";
import { type ServerMessage, encodeServerMessage } from "../../protocol/server-message.ts";
import type { PacketDataChannel } from "./packet-transport.ts";

/** How many messages wait for a channel to open; the oldest go first. */
const MAX_WAITING = 64;

/**
 * Sends messages on the peer's data channel, and keeps those that come before it opens. A peer with
 * several channels hears them on the first that is open.
 */
export class MessageChannel {
  readonly #channels = new Set<PacketDataChannel>();
  readonly #waiting: string[] = [];

  opened(channel: PacketDataChannel): void {
    this.#channels.add(channel);
    for (const text of this.#waiting.splice(0)) sendOn(channel, text);
  }

  closed(channel: PacketDataChannel): void {
    this.#channels.delete(channel);
  }

  /** False when the message was dropped, because the peer has not read the earlier ones. */
  send(message: ServerMessage): boolean {
    const text = encodeServerMessage(message);
    for (const channel of this.#channels) if (channel.isOpen) return sendOn(channel, text);
    this.#waiting.push(text);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    return true;
  }

  /** Whether all that was sent has left. */
  get flushed(): boolean {
    for (const channel of this.#channels) if (channel.isOpen && channel.bufferedAmount > 0) return false;
    return true;
  }
}

/** What is longer than the peer accepts goes in pieces, which our own client joins; to any other it could not be said at all. */
function sendOn(channel: PacketDataChannel, text: string): boolean {
  const texts = Buffer.byteLength(text) > channel.maxMessageSize ? splitMessage(text) : [text];
  return texts.every((piece) => channel.send(piece));
}
