import { readUint16, writeUint16 } from "./bytes.ts";

const LENGTH_BYTES = 2;

/** The packet as a stream carries it: behind its length (RFC 4571 section 2). */
export function framePacket(packet: Uint8Array): Uint8Array {
  const framed = new Uint8Array(LENGTH_BYTES + packet.byteLength);
  writeUint16(framed, 0, packet.byteLength);
  framed.set(packet, LENGTH_BYTES);
  return framed;
}

/** Takes packets out of a stream again (RFC 4571 section 2), however it was cut into pieces. */
export class FramedPackets {
  readonly #maxPacketLength: number;
  #rest: Uint8Array = new Uint8Array(0);

  /** @param maxPacketLength In bytes. A longer packet is the end: the stream cannot be anything of ours. @default 8192 */
  constructor({ maxPacketLength = 8192 }: { readonly maxPacketLength?: number } = {}) {
    this.#maxPacketLength = maxPacketLength;
  }

  /**
   * The packets that are complete with this piece; empty ones are left out. `undefined` for a stream that holds something else. They
   * are views: of the piece, or of memory of their own.
   */
  push(piece: Uint8Array): readonly Uint8Array[] | undefined {
    const bytes = this.#rest.byteLength === 0 ? piece : joined(this.#rest, piece);
    const packets: Uint8Array[] = [];
    let at = 0;
    while (bytes.byteLength - at >= LENGTH_BYTES) {
      const length = readUint16(bytes, at);
      if (length > this.#maxPacketLength) return undefined;
      const end = at + LENGTH_BYTES + length;
      if (end > bytes.byteLength) break;
      if (length > 0) packets.push(bytes.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    this.#rest = Uint8Array.from(bytes.subarray(at));
    return packets;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}
