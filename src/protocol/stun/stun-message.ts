/** Where an attribute's value lies within its message. */
export interface StunAttribute {
  readonly type: number;
  /** Of the first byte of the value, from the message's start. */
  readonly offset: number;
  /** In bytes, without padding. */
  readonly length: number;
}

/** The frame of a STUN message: what kind it is, and where its attributes lie. */
export interface StunMessage {
  /** Method and class together: 0x0001 is a binding request, 0x0101 its success, 0x0111 its error. */
  readonly type: number;
  readonly attributes: readonly StunAttribute[];
}

export const STUN_HEADER_LENGTH = 20;
/** Of an attribute's own header. */
export const STUN_ATTRIBUTE_HEADER_LENGTH = 4;

const MAGIC_COOKIE = 0x2112a442;
/** Real messages have about ten. */
const MAX_ATTRIBUTES = 64;

/** Reads a STUN message's frame (RFC 8489 sections 5 and 14); `undefined` for bytes that are none. */
export function readStunMessage(bytes: Uint8Array): StunMessage | undefined {
  if (bytes.byteLength < STUN_HEADER_LENGTH || bytes.byteLength % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(0);
  if (type >> 14 !== 0 || view.getUint32(4) !== MAGIC_COOKIE) return undefined;
  if (view.getUint16(2) !== bytes.byteLength - STUN_HEADER_LENGTH) return undefined;
  const attributes: StunAttribute[] = [];
  let at = STUN_HEADER_LENGTH;
  while (at < bytes.byteLength) {
    const offset = at + STUN_ATTRIBUTE_HEADER_LENGTH;
    const length = view.getUint16(at + 2);
    at = offset + Math.ceil(length / 4) * 4;
    if (at > bytes.byteLength || attributes.length >= MAX_ATTRIBUTES) return undefined;
    attributes.push({ type: view.getUint16(offset - STUN_ATTRIBUTE_HEADER_LENGTH), offset, length });
  }
  return { type, attributes };
}
