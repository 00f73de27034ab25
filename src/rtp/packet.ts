import { readUint16, readUint32, viewOf, writeUint16, writeUint32 } from "./bytes.ts";
import {
  type HeaderExtensionBlock,
  type HeaderExtensionElement,
  headerExtensionsByteLength,
  writeHeaderExtensions,
} from "./header-extension-block.ts";

/** Bytes of the part of the header that every packet has. */
export const RTP_FIXED_HEADER_BYTES = 12;

/** One received RTP packet (RFC 3550 §5.1). Its views share the memory that it was parsed from. */
export interface RtpPacket extends HeaderExtensionBlock {
  readonly marker: boolean;
  /** 0 to 127. */
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequenceNumber: number;
  /** 32 bits, wraps. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly csrcs: readonly number[];
  /** Without padding; empty in packets that only probe the bandwidth. */
  readonly payload: Uint8Array;
  /** Padding after the payload, its count byte included. */
  readonly paddingByteLength: number;
  /** The whole packet as it came. */
  readonly bytes: Uint8Array;
}

const NO_CSRCS: readonly number[] = Object.freeze([]);

/**
 * Reads an RTP packet without copying it. Returns `undefined` for bytes that are not one: wrong version,
 * or lengths that point past the end. It never throws. Whether bytes are RTP or RTCP is for `demultiplex`.
 */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  const byteLength = bytes.length;
  if (byteLength < RTP_FIXED_HEADER_BYTES) return undefined;
  const first = bytes[0] ?? 0;
  if (first >> 6 !== 2) return undefined;

  const csrcCount = first & 0x0f;
  let offset = RTP_FIXED_HEADER_BYTES + 4 * csrcCount;
  if (offset > byteLength) return undefined;
  let csrcs = NO_CSRCS;
  if (csrcCount > 0) {
    const list: number[] = [];
    for (let at = RTP_FIXED_HEADER_BYTES; at < offset; at += 4) list.push(readUint32(bytes, at));
    csrcs = list;
  }

  let extensionProfile = 0;
  let extensionStart = offset;
  if ((first & 0x10) !== 0) {
    if (offset + 4 > byteLength) return undefined;
    extensionProfile = readUint16(bytes, offset);
    extensionStart = offset + 4;
    offset = extensionStart + 4 * readUint16(bytes, offset + 2);
    if (offset > byteLength) return undefined;
  }

  let paddingByteLength = 0;
  if ((first & 0x20) !== 0) {
    paddingByteLength = bytes[byteLength - 1] ?? 0;
    if (paddingByteLength === 0 || offset + paddingByteLength > byteLength) return undefined;
  }

  const second = bytes[1] ?? 0;
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequenceNumber: readUint16(bytes, 2),
    timestamp: readUint32(bytes, 4),
    ssrc: readUint32(bytes, 8),
    csrcs,
    extensionProfile,
    extensionStart,
    extensionEnd: offset,
    payload: viewOf(bytes, offset, byteLength - paddingByteLength),
    paddingByteLength,
    bytes,
  };
}

/** Bytes in front of the payload of a whole RTP packet, such as one of our own. */
export function rtpHeaderByteLength(bytes: Uint8Array): number {
  const first = bytes[0] ?? 0;
  const byteLength = RTP_FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  return (first & 0x10) === 0 ? byteLength : byteLength + 4 + 4 * readUint16(bytes, byteLength + 2);
}

export interface RtpPacketInit {
  readonly marker?: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** At most 15. */
  readonly csrcs?: readonly number[];
  readonly extensions?: readonly HeaderExtensionElement[];
  readonly payload: Uint8Array;
  /** Padding to append, its count byte included: 0 to 255. @default 0 */
  readonly paddingByteLength?: number;
}

/** The bytes of one RTP packet. Streams that send many use `RtpHeaderTemplate`, which copies less. */
export function serializeRtpPacket({
  marker = false,
  payloadType,
  sequenceNumber,
  timestamp,
  ssrc,
  csrcs = NO_CSRCS,
  extensions = [],
  payload,
  paddingByteLength = 0,
}: RtpPacketInit): Uint8Array<ArrayBuffer> {
  const extensionOffset = RTP_FIXED_HEADER_BYTES + 4 * csrcs.length;
  const payloadOffset = extensionOffset + headerExtensionsByteLength(extensions);
  const bytes = new Uint8Array(payloadOffset + payload.length + paddingByteLength);
  bytes[0] = 0x80 | (paddingByteLength > 0 ? 0x20 : 0) | (extensions.length > 0 ? 0x10 : 0) | (csrcs.length & 0x0f);
  bytes[1] = (marker ? 0x80 : 0) | (payloadType & 0x7f);
  writeUint16(bytes, 2, sequenceNumber);
  writeUint32(bytes, 4, timestamp);
  writeUint32(bytes, 8, ssrc);
  csrcs.forEach((csrc, index) => writeUint32(bytes, RTP_FIXED_HEADER_BYTES + 4 * index, csrc));
  writeHeaderExtensions(bytes, extensionOffset, extensions);
  bytes.set(payload, payloadOffset);
  if (paddingByteLength > 0) bytes[bytes.length - 1] = paddingByteLength;
  return bytes;
}
