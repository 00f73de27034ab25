import { viewOf, writeUint16 } from "./bytes.ts";

/** Elements with a one-byte header: ids 1 to 14, 1 to 16 bytes each (RFC 8285 §4.2). */
const ONE_BYTE_PROFILE = 0xbede;
/**
 * Elements with a two-byte header: ids 1 to 255, 0 to 255 bytes each (RFC 8285 §4.3). The low 4 bits are the
 * application's.
 */
const TWO_BYTE_PROFILE = 0x1000;

/** One element of a header extension: the id that SDP gave to its URI, and its bytes. */
export interface HeaderExtensionElement {
  readonly id: number;
  readonly value: Uint8Array;
}

/** Where the header extension lies in a packet. */
export interface HeaderExtensionBlock {
  /** The 16 bits that say how to read the elements (RFC 8285 §4.2, §4.3), or 0 when there is no extension. */
  readonly extensionProfile: number;
  /** Where the elements begin and end (exclusive) in `bytes`; equal when there are none. */
  readonly extensionStart: number;
  readonly extensionEnd: number;
  readonly bytes: Uint8Array;
}

/** The value of the element with this id, as a view of the packet, or `undefined` when the packet has none. */
export function findHeaderExtension(packet: HeaderExtensionBlock, id: number): Uint8Array | undefined {
  const { bytes, extensionProfile, extensionStart, extensionEnd } = packet;
  const oneByte = extensionProfile === ONE_BYTE_PROFILE;
  if (!oneByte && (extensionProfile & 0xfff0) !== TWO_BYTE_PROFILE) return undefined;
  let offset = extensionStart;
  while (offset < extensionEnd) {
    const header = bytes[offset] ?? 0;
    if (header === 0) {
      offset += 1; // Padding between elements.
      continue;
    }
    const elementId = oneByte ? header >> 4 : header;
    if (oneByte && elementId === 15) return undefined; // Reserved: nothing after it may be read (RFC 8285 §4.2).
    const start = oneByte ? offset + 1 : offset + 2;
    const end = start + (oneByte ? (header & 0x0f) + 1 : (bytes[offset + 1] ?? 0));
    if (start > extensionEnd || end > extensionEnd) return undefined;
    if (elementId === id) return viewOf(bytes, start, end);
    offset = end;
  }
  return undefined;
}

/** Bytes of the extension with these elements, its 4-byte head and padding included; 0 for no elements. */
export function headerExtensionsByteLength(elements: readonly HeaderExtensionElement[]): number {
  if (elements.length === 0) return 0;
  const headBytes = fitsOneByteHeaders(elements) ? 1 : 2;
  let byteLength = 4;
  for (const { value } of elements) byteLength += headBytes + value.length;
  return (byteLength + 3) & ~3;
}

/** Writes the extension at `offset`, in the one-byte form when every element fits it. Returns where it ends. */
export function writeHeaderExtensions(
  target: Uint8Array,
  offset: number,
  elements: readonly HeaderExtensionElement[],
): number {
  if (elements.length === 0) return offset;
  const oneByte = fitsOneByteHeaders(elements);
  const end = offset + headerExtensionsByteLength(elements);
  writeUint16(target, offset, oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE);
  writeUint16(target, offset + 2, (end - offset - 4) >> 2);
  let at = offset + 4;
  for (const { id, value } of elements) {
    if (oneByte) {
      target[at++] = (id << 4) | (value.length - 1);
    } else {
      target[at++] = id;
      target[at++] = value.length;
    }
    target.set(value, at);
    at += value.length;
  }
  target.fill(0, at, end);
  return end;
}

function fitsOneByteHeaders(elements: readonly HeaderExtensionElement[]): boolean {
  return elements.every(({ id, value }) => id <= 14 && value.length >= 1 && value.length <= 16);
}
