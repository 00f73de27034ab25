import { FINGERPRINT, FINGERPRINT_LENGTH, fingerprintOf } from "./fingerprint.ts";
import {
  STUN_ATTRIBUTE_HEADER_LENGTH,
  STUN_HEADER_LENGTH,
  type StunAttribute,
  readStunMessage,
} from "./stun-message.ts";

/** HMAC-SHA1 of `data` under `key`, 20 bytes. */
export type HmacSha1 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** A connectivity check of ICE (RFC 8445 section 7.2.2): a binding request that says whom it is for. */
export interface ConnectivityCheck {
  /** The user fragment of the end that it is for. */
  readonly receiverUfrag: string;
  /** The user fragment of the end that it is from. */
  readonly senderUfrag: string;
  /** What settles it when both ends take the same role (RFC 8445 section 7.3.1.1). */
  readonly tieBreaker: bigint;
  /** Where these values lie, from the message's start. */
  readonly offsets: { readonly tieBreaker: number; readonly integrity: number; readonly fingerprint: number };
}

const BINDING_REQUEST = 0x0001;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ICE_CONTROLLED = 0x8029;
const ICE_CONTROLLING = 0x802a;
const INTEGRITY_LENGTH = 20;
const ROLE_LENGTH = 8;

const USERNAME_SYNTAX = /^([A-Za-z0-9+/=_-]{4,256}):([A-Za-z0-9+/=_-]{4,256})$/;

/**
 * Reads a connectivity check; `undefined` for anything else. Its signature has not been verified then. It has to end with MESSAGE-INTEGRITY and
 * FINGERPRINT, as RFC 8445 section 7.1 wants it: what else came behind the signature would be nobody's word.
 */
export function readConnectivityCheck(bytes: Uint8Array): ConnectivityCheck | undefined {
  const message = readStunMessage(bytes);
  if (message?.type !== BINDING_REQUEST) return undefined;
  const signed = message.attributes.slice(0, -2);
  const [integrity, fingerprint] = message.attributes.slice(-2);
  if (integrity?.type !== MESSAGE_INTEGRITY || integrity.length !== INTEGRITY_LENGTH) return undefined;
  if (fingerprint?.type !== FINGERPRINT || fingerprint.length !== FINGERPRINT_LENGTH) return undefined;
  if (signed.some(({ type }) => type === MESSAGE_INTEGRITY)) return undefined;
  const username = signed.find(({ type }) => type === USERNAME);
  const role = signed.find(({ type }) => type === ICE_CONTROLLED || type === ICE_CONTROLLING);
  if (!username || role?.length !== ROLE_LENGTH) return undefined;
  const [, receiverUfrag, senderUfrag] = USERNAME_SYNTAX.exec(asciiOf(bytes, username)) ?? [];
  if (receiverUfrag === undefined || senderUfrag === undefined) return undefined;
  return {
    receiverUfrag,
    senderUfrag,
    tieBreaker: viewOf(bytes).getBigUint64(role.offset),
    offsets: { tieBreaker: role.offset, integrity: integrity.offset, fingerprint: fingerprint.offset },
  };
}

/** Whether the check was signed with `password`, the receiver's, and has not been damaged since. */
export function isSignedWith(
  bytes: Uint8Array,
  { offsets }: ConnectivityCheck,
  password: Uint8Array,
  hmacSha1: HmacSha1,
): boolean {
  const { integrity, fingerprint } = offsets;
  if (viewOf(bytes).getUint32(fingerprint) !== fingerprintOf(bytes, fingerprint)) return false;
  const expected = signatureOf(bytes, integrity, password, hmacSha1);
  let difference = 0;
  for (const [index, byte] of expected.entries()) difference |= byte ^ (bytes[integrity + index] ?? 0);
  return difference === 0;
}

/**
 * A copy of the check with another tie-breaker, signed anew. Only for one that `isSignedWith` the same password: otherwise
 * it would lend a signature to a stranger.
 */
export function withTieBreaker(
  bytes: Uint8Array,
  { offsets }: ConnectivityCheck,
  tieBreaker: bigint,
  password: Uint8Array,
  hmacSha1: HmacSha1,
): Uint8Array {
  const copy = Uint8Array.from(bytes);
  viewOf(copy).setBigUint64(offsets.tieBreaker, tieBreaker);
  copy.set(signatureOf(copy, offsets.integrity, password, hmacSha1), offsets.integrity);
  viewOf(copy).setUint32(offsets.fingerprint, fingerprintOf(copy, offsets.fingerprint));
  return copy;
}

/** Covers what lies before the attribute, under a length that ends with the attribute (RFC 8489 section 14.5). */
function signatureOf(bytes: Uint8Array, integrity: number, password: Uint8Array, hmacSha1: HmacSha1): Uint8Array {
  const signed = Uint8Array.from(bytes.subarray(0, integrity - STUN_ATTRIBUTE_HEADER_LENGTH));
  viewOf(signed).setUint16(2, integrity + INTEGRITY_LENGTH - STUN_HEADER_LENGTH);
  return hmacSha1(password, signed);
}

function asciiOf(bytes: Uint8Array, { offset, length }: StunAttribute): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + Math.min(length, 520)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
