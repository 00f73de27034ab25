import { readUint16, viewOf, writeUint16, writeUint32 } from "./bytes.ts";
import type { RtpPacket } from "./packet.ts";

const ORIGINAL_SEQUENCE_BYTES = 2;
const MAX_PADDING_BYTES = 255;

/** A stream of its own that carries what is sent again, so that its losses and counts stay apart (RFC 4588). */
export interface RtxStream {
  readonly ssrc: number;
  readonly payloadType: number;
  /** Random, 16 bits. */
  readonly firstSequenceNumber: number;
}

/**
 * The original of a retransmitted packet (RFC 4588 §4), for the stream with this SSRC and payload type. Returns
 * `undefined` for a packet without an original: browsers fill retransmission streams with padding to probe the
 * bandwidth.
 */
export function unwrapRtx(
  packet: RtpPacket,
  { ssrc, payloadType }: { ssrc: number; payloadType: number },
): RtpPacket | undefined {
  const { payload } = packet;
  if (payload.length < ORIGINAL_SEQUENCE_BYTES) return undefined;
  return {
    ...packet,
    ssrc,
    payloadType,
    sequenceNumber: readUint16(payload, 0),
    payload: viewOf(payload, ORIGINAL_SEQUENCE_BYTES, payload.length),
  };
}

/** Wraps sent packets for their retransmission, which gets a sequence number of its own. */
export class RtxWrapper {
  readonly #stream: RtxStream;
  #nextSequenceNumber: number;

  constructor(stream: RtxStream) {
    this.#stream = stream;
    this.#nextSequenceNumber = stream.firstSequenceNumber & 0xffff;
  }

  /**
   * A packet of padding alone, which the peer acknowledges and throws away (RFC 4588 §4 allows it as RFC 3550 §5.1 has
   * it).
   * @param header Of any packet of the stream that is repaired.
   * @param paddingByteLength 1 to 255; what is more is left out.
   */
  padding(header: Uint8Array, paddingByteLength: number): Uint8Array<ArrayBuffer> {
    const count = Math.min(MAX_PADDING_BYTES, Math.max(1, paddingByteLength));
    const bytes = new Uint8Array(header.length + count);
    bytes.set(header, 0);
    bytes[0] = (bytes[0] ?? 0) | 0x20;
    bytes[1] = this.#stream.payloadType & 0x7f;
    writeUint16(bytes, 2, this.#nextSequenceNumber);
    writeUint32(bytes, 8, this.#stream.ssrc);
    bytes[bytes.length - 1] = count;
    this.#nextSequenceNumber = (this.#nextSequenceNumber + 1) & 0xffff;
    return bytes;
  }

  /** @param headerByteLength Of the serialized packet's header, extensions included. */
  wrap(bytes: Uint8Array, headerByteLength: number): Uint8Array<ArrayBuffer> {
    const wrapped = new Uint8Array(bytes.length + ORIGINAL_SEQUENCE_BYTES);
    wrapped.set(bytes.subarray(0, headerByteLength), 0);
    wrapped.set(bytes.subarray(headerByteLength), headerByteLength + ORIGINAL_SEQUENCE_BYTES);
    wrapped[1] = ((bytes[1] ?? 0) & 0x80) | (this.#stream.payloadType & 0x7f);
    writeUint16(wrapped, 2, this.#nextSequenceNumber);
    writeUint32(wrapped, 8, this.#stream.ssrc);
    writeUint16(wrapped, headerByteLength, readUint16(bytes, 2));
    this.#nextSequenceNumber = (this.#nextSequenceNumber + 1) & 0xffff;
    return wrapped;
  }
}
