import { type StunMessage, STUN_ATTRIBUTE_HEADER_LENGTH, STUN_HEADER_LENGTH } from "./stun-message.ts";
import type { HmacSha1 } from "./connectivity-check.ts";

/** Methods and classes together, of STUN (RFC 8489) and TURN (RFC 8656). */
export const STUN_TYPE = {
  bindingRequest: 0x0001,
  bindingSuccess: 0x0101,
  allocateRequest: 0x0003,
  allocateSuccess: 0x0103,
  allocateError: 0x0113,
  refreshRequest: 0x0004,
} as const;

/** The attributes that asking a server takes. */
export const STUN_ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  relayedAddress: 0x0016,
  requestedTransport: 0x0019,
  mappedAddress: 0x0020,
} as const;

const MAGIC_COOKIE = 0x2112a442;
const INTEGRITY_LENGTH = 20;
/** Of the cookie and the transaction's id, with which addresses are disguised. */
const COOKIE_OFFSET = 4;
const IPV4 = 0x01;

export interface StunRequest {
  readonly type: number;
  /** 12 bytes, at random. */
  readonly transactionId: Uint8Array;
  readonly attributes: readonly (readonly [type: number, value: Uint8Array])[];
  /** What it is signed with, as its last attribute. @default nothing */
  readonly signature?: { readonly key: Uint8Array; readonly hmacSha1: HmacSha1 } | undefined;
}

/** Writes a request (RFC 8489 sections 5 and 14.5). */
export function writeStunRequest({ type, transactionId, attributes, signature }: StunRequest): Uint8Array {
  const bodyLength = attributes.reduce(
    (sum, [, value]) => sum + STUN_ATTRIBUTE_HEADER_LENGTH + padded(value.length),
    0,
  );
  const signatureLength = signature ? STUN_ATTRIBUTE_HEADER_LENGTH + INTEGRITY_LENGTH : 0;
  const bytes = new Uint8Array(STUN_HEADER_LENGTH + bodyLength + signatureLength);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, bodyLength + signatureLength);
  view.setUint32(4, MAGIC_COOKIE);
  bytes.set(transactionId, 8);
  let at = STUN_HEADER_LENGTH;
  for (const [attribute, value] of attributes) {
    view.setUint16(at, attribute);
    view.setUint16(at + 2, value.length);
    bytes.set(value, at + STUN_ATTRIBUTE_HEADER_LENGTH);
    at += STUN_ATTRIBUTE_HEADER_LENGTH + padded(value.length);
  }
  if (signature) {
    view.setUint16(at, STUN_ATTRIBUTE.messageIntegrity);
    view.setUint16(at + 2, INTEGRITY_LENGTH);
    bytes.set(signature.hmacSha1(signature.key, bytes.subarray(0, at)), at + STUN_ATTRIBUTE_HEADER_LENGTH);
  }
  return bytes;
}

/** The bytes of an answer's attribute, or undefined. */
export function stunAttribute(bytes: Uint8Array, message: StunMessage, type: number): Uint8Array | undefined {
  const found = message.attributes.find((attribute) => attribute.type === type);
  return found && bytes.subarray(found.offset, found.offset + found.length);
}

/** The code and the words of an error (RFC 8489 section 14.8). */
export function stunError(bytes: Uint8Array, message: StunMessage): { code: number; reason: string } | undefined {
  const value = stunAttribute(bytes, message, STUN_ATTRIBUTE.errorCode);
  const [, , hundreds, rest] = value ?? [];
  if (!value || hundreds === undefined || rest === undefined) return undefined;
  return { code: (hundreds & 0x07) * 100 + rest, reason: new TextDecoder().decode(value.subarray(4, 4 + 200)) };
}

/** An IPv4 address that was disguised (RFC 8489 section 14.2), with its port; undefined for what is none. */
export function stunAddress(bytes: Uint8Array, message: StunMessage, type: number): string | undefined {
  const value = stunAttribute(bytes, message, type);
  if (value?.length !== 8 || value[1] !== IPV4) return undefined;
  const plain = value
    .subarray(2)
    .map((byte, index) => byte ^ (bytes[COOKIE_OFFSET + (index < 2 ? index : index - 2)] ?? 0));
  const [high = 0, low = 0, ...address] = plain;
  return `${address.join(".")}:${high * 256 + low}`;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
