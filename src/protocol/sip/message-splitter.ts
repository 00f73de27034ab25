import { MAX_SIP_MESSAGE_BYTES } from "./parse-sip-message.ts";

/**
 * Cuts the bytes of a TCP connection into messages by their Content-Length (RFC 3261 §18.3). A message that is too long, or
 * does not say how long it is, cannot be told from what follows: the connection is of no use then.
 */
export class MessageSplitter {
  #waiting = new Uint8Array(0);
  /** Of `#waiting`, how much is known to hold no end of a head. */
  #searched = 0;

  /** The messages that are complete by these bytes, or why the connection has to be closed. */
  push(bytes: Uint8Array): readonly Uint8Array[] | { readonly reason: string } {
    const joined = new Uint8Array(this.#waiting.length + bytes.length);
    joined.set(this.#waiting);
    joined.set(bytes, this.#waiting.length);
    const messages: Uint8Array[] = [];
    let from = 0;
    for (;;) {
      while (joined[from] === 0x0d || joined[from] === 0x0a) from += 1;
      const bodyStart = endOfHead(joined, Math.max(from, this.#searched));
      if (bodyStart === undefined) {
        this.#searched = Math.max(0, joined.length - from - 3);
        break;
      }
      this.#searched = 0;
      const length = contentLength(joined.subarray(from, bodyStart));
      if (length === undefined) return { reason: "a message has no Content-Length, or one that is no number" };
      if (bodyStart + length - from > MAX_SIP_MESSAGE_BYTES) return { reason: "a message is longer than 16 KiB" };
      if (bodyStart + length > joined.length) break;
      messages.push(joined.subarray(from, bodyStart + length));
      from = bodyStart + length;
    }
    this.#waiting = joined.slice(from);
    if (this.#waiting.length > MAX_SIP_MESSAGE_BYTES) return { reason: "a message is longer than 16 KiB" };
    return messages;
  }
}

function endOfHead(bytes: Uint8Array, from: number): number | undefined {
  for (let index = from; index + 3 < bytes.length; index += 1) {
    if (bytes[index] !== 0x0d || bytes[index + 2] !== 0x0d) continue;
    if (bytes[index + 1] === 0x0a && bytes[index + 3] === 0x0a) return index + 4;
  }
  return undefined;
}

const decoder = new TextDecoder();

function contentLength(head: Uint8Array): number | undefined {
  const [, digits] = /\r\n(?:content-length|l)[ \t]*:\s*(\d{1,9})[ \t]*\r\n/i.exec(decoder.decode(head)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
