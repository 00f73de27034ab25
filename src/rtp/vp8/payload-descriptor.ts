import { readUint16, writeUint16 } from "../bytes.ts";

/** What stands in front of the VP8 data in each packet (RFC 7741 §4.2). */
export interface Vp8PayloadDescriptor {
  /** Whether no other frame refers to this one, so that it may be lost without harm. */
  readonly nonReference: boolean;
  /** Whether a VP8 partition begins in this packet. */
  readonly startsPartition: boolean;
  /** 0 to 7. */
  readonly partitionIndex: number;
  /** Counts frames, in 7 or 15 bits. */
  readonly pictureId?: number;
  /** How wide the picture id is written. */
  readonly pictureIdBits?: 7 | 15;
  /** Counts frames of the base temporal layer, in 8 bits. */
  readonly tl0PicIdx?: number;
  /** 0 to 3. */
  readonly temporalLayer?: number;
  /** Whether this frame refers to the base layer only, so that a receiver may switch up here. */
  readonly layerSync?: boolean;
  /** 0 to 31. */
  readonly keyIndex?: number;
  /** Where the VP8 data begins in the payload. */
  readonly byteLength: number;
}

/** Reads the descriptor, or returns `undefined` when the payload ends inside it or holds nothing after it. */
export function parseVp8PayloadDescriptor(payload: Uint8Array): Vp8PayloadDescriptor | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  const base = {
    nonReference: (first & 0x20) !== 0,
    startsPartition: (first & 0x10) !== 0,
    partitionIndex: first & 0x07,
  };
  if ((first & 0x80) === 0) return payload.length > 1 ? { ...base, byteLength: 1 } : undefined;

  const extension = payload[1];
  if (extension === undefined) return undefined;
  let offset = 2;
  let fields: Omit<Vp8PayloadDescriptor, keyof typeof base | "byteLength"> = {};
  if ((extension & 0x80) !== 0) {
    const long = ((payload[offset] ?? 0) & 0x80) !== 0;
    fields = {
      pictureId: long ? readUint16(payload, offset) & 0x7fff : (payload[offset] ?? 0),
      pictureIdBits: long ? 15 : 7,
    };
    offset += long ? 2 : 1;
  }
  if ((extension & 0x40) !== 0) {
    fields = { ...fields, tl0PicIdx: payload[offset] ?? 0 };
    offset += 1;
  }
  if ((extension & 0x30) !== 0) {
    const value = payload[offset] ?? 0;
    if ((extension & 0x20) !== 0) fields = { ...fields, temporalLayer: value >> 6, layerSync: (value & 0x20) !== 0 };
    if ((extension & 0x10) !== 0) fields = { ...fields, keyIndex: value & 0x1f };
    offset += 1;
  }
  return payload.length > offset ? { ...base, ...fields, byteLength: offset } : undefined;
}

/** Where the VP8 data begins, without reading the fields: -1 when the payload ends before it. */
export function vp8DataOffset(payload: Uint8Array): number {
  const first = payload[0] ?? 0;
  let offset = 1;
  if ((first & 0x80) !== 0) {
    const extension = payload[1] ?? 0;
    offset = 2;
    if ((extension & 0x80) !== 0) offset += ((payload[2] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extension & 0x40) !== 0) offset += 1;
    if ((extension & 0x30) !== 0) offset += 1;
  }
  return payload.length > offset ? offset : -1;
}

/** Writes the descriptor at `offset` and returns where the VP8 data begins. `byteLength` of the input is not read. */
export function writeVp8PayloadDescriptor(
  target: Uint8Array,
  offset: number,
  descriptor: Omit<Vp8PayloadDescriptor, "byteLength">,
): number {
  const { nonReference, startsPartition, partitionIndex, pictureId, pictureIdBits = 15 } = descriptor;
  const { tl0PicIdx, temporalLayer, layerSync, keyIndex } = descriptor;
  const extension =
    (pictureId !== undefined ? 0x80 : 0) |
    (tl0PicIdx !== undefined ? 0x40 : 0) |
    (temporalLayer !== undefined ? 0x20 : 0) |
    (keyIndex !== undefined ? 0x10 : 0);
  target[offset] =
    (extension !== 0 ? 0x80 : 0) | (nonReference ? 0x20 : 0) | (startsPartition ? 0x10 : 0) | (partitionIndex & 0x07);
  let at = offset + 1;
  if (extension === 0) return at;
  target[at++] = extension;
  if (pictureId !== undefined) {
    if (pictureIdBits === 15) {
      writeUint16(target, at, 0x8000 | (pictureId & 0x7fff));
      at += 2;
    } else {
      target[at++] = pictureId & 0x7f;
    }
  }
  if (tl0PicIdx !== undefined) target[at++] = tl0PicIdx;
  if (temporalLayer !== undefined || keyIndex !== undefined) {
    target[at++] = ((temporalLayer ?? 0) << 6) | (layerSync ? 0x20 : 0) | ((keyIndex ?? 0) & 0x1f);
  }
  return at;
}
