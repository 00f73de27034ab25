import { readUint16, writeUint16 } from "../bytes.ts";

/** RTCP packet types (RFC 3550 §12.1, RFC 4585 §6.1). */
export const RTCP_TYPE = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  goodbye: 203,
  transportFeedback: 205,
  payloadFeedback: 206,
} as const;

/** Bytes of the header that every RTCP packet begins with. */
const RTCP_HEADER_BYTES = 4;

/** One packet inside a compound one. `bytes` is without header and padding. */
export interface RtcpBody {
  readonly packetType: number;
  /** The 5 bits beside the version: a count in reports, a format in feedback. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads the header at `offset` (RFC 3550 §6.4.1) and returns the packet and where the next one begins, or
 * `undefined` when there is no RTCP packet that fits the remaining bytes.
 */
export function readRtcpBody(datagram: Uint8Array, offset: number): { body: RtcpBody; end: number } | undefined {
  if (offset + RTCP_HEADER_BYTES > datagram.length) return undefined;
  const first = datagram[offset] ?? 0;
  if (first >> 6 !== 2) return undefined;
  const end = offset + 4 * (readUint16(datagram, offset + 2) + 1);
  if (end > datagram.length) return undefined;
  let bodyEnd = end;
  if ((first & 0x20) !== 0) {
    const padding = datagram[end - 1] ?? 0;
    if (padding === 0 || padding > end - offset - RTCP_HEADER_BYTES) return undefined;
    bodyEnd -= padding;
  }
  return {
    body: {
      packetType: datagram[offset + 1] ?? 0,
      count: first & 0x1f,
      bytes: datagram.subarray(offset + RTCP_HEADER_BYTES, bodyEnd),
    },
    end,
  };
}

/** A zeroed packet with its header written. @param bodyByteLength A multiple of 4. */
export function allocateRtcpPacket(packetType: number, count: number, bodyByteLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(RTCP_HEADER_BYTES + bodyByteLength);
  bytes[0] = 0x80 | (count & 0x1f);
  bytes[1] = packetType;
  writeUint16(bytes, 2, bodyByteLength >> 2);
  return bytes;
}
