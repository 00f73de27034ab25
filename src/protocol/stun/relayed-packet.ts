import { FINGERPRINT, FINGERPRINT_LENGTH, fingerprintOf } from "./fingerprint.ts";
import { readStunMessage } from "./stun-message.ts";

/** A peer's packet within one that a TURN server sends. */
export interface RelayedPacket {
  readonly packet: Uint8Array;
  /** Where it begins, from the outer one's start. */
  readonly offset: number;
  /** Where the outer one's FINGERPRINT has its value, if it has one. */
  readonly fingerprint: number | undefined;
}

const DATA_INDICATION = 0x0017;
const DATA = 0x0013;
const CHANNEL_HEADER_LENGTH = 4;

/** Finds the peer's packet in ChannelData (RFC 8656 section 12.4) or a Data indication (section 11.4); `undefined` for all else. */
export function readRelayedPacket(bytes: Uint8Array): RelayedPacket | undefined {
  const [first = 0] = bytes;
  if (first >= 0x40 && first <= 0x4f) {
    const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    const end = CHANNEL_HEADER_LENGTH + length;
    if (end > bytes.byteLength) return undefined;
    return {
      packet: bytes.subarray(CHANNEL_HEADER_LENGTH, end),
      offset: CHANNEL_HEADER_LENGTH,
      fingerprint: undefined,
    };
  }
  const message = readStunMessage(bytes);
  const data = message?.type === DATA_INDICATION && message.attributes.find(({ type }) => type === DATA);
  if (!data) return undefined;
  const last = message.attributes.at(-1);
  const hasFingerprint = last?.type === FINGERPRINT && last.length === FINGERPRINT_LENGTH;
  return {
    packet: bytes.subarray(data.offset, data.offset + data.length),
    offset: data.offset,
    fingerprint: hasFingerprint ? last.offset : undefined,
  };
}

/** A copy of the outer packet with another packet of the same length in it. */
export function withRelayedPacket(
  bytes: Uint8Array,
  { offset, fingerprint }: RelayedPacket,
  packet: Uint8Array,
): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(packet, offset);
  if (fingerprint !== undefined) {
    new DataView(copy.buffer).setUint32(fingerprint, fingerprintOf(copy, fingerprint));
  }
  return copy;
}
