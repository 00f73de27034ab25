import { crc32 } from "./crc32.ts";
import { STUN_ATTRIBUTE_HEADER_LENGTH } from "./stun-message.ts";

/** The attribute's type. */
export const FINGERPRINT = 0x8028;
export const FINGERPRINT_LENGTH = 4;

const MASK = 0x5354554e;

/** What FINGERPRINT has to say about the message before it, whose value begins at `offset` (RFC 8489 section 14.7). */
export function fingerprintOf(bytes: Uint8Array, offset: number): number {
  return (crc32(bytes.subarray(0, offset - STUN_ATTRIBUTE_HEADER_LENGTH)) ^ MASK) >>> 0;
}
