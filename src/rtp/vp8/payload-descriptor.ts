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
  readonly pictureId?: number | undefined;
  /** How wide the picture id is written. */
  readonly pictureIdBits?: 7 | 15 | undefined;
  /** Counts frames of the base temporal layer, in 8 bits. */
  readonly tl0PicIdx?: number | undefined;
  /** 0 to 3. */
  readonly temporalLayer?: number | undefined;
  /** Whether this frame refers to the base layer only, so that a receiver may switch up here. */
  readonly layerSync?: boolean | undefined;
  /** 0 to 31. */
  readonly keyIndex?: number | undefined;
}

/** A descriptor as it was read. */
export interface ReadVp8PayloadDescriptor extends Vp8PayloadDescriptor {
  /** Where the VP8 data begins in the payload. */
  readonly byteLength: number;
}

/** Reads the descriptor, or returns `undefined` when the payload ends inside it or right after it. */
export function parseVp8PayloadDescriptor(payload: Uint8Array): ReadVp8PayloadDescriptor | undefined {
  const first = payload[0] ?? 0;
  const extension = (first & 0x80) !== 0 ? (payload[1] ?? 0) : 0;
  let byteLength = (first & 0x80) !== 0 ? 2 : 1;

  let pictureId: number | undefined;
  let pictureIdBits: 7 | 15 | undefined;
  if ((extension & 0x80) !== 0) {
    pictureIdBits = ((payload[byteLength] ?? 0) & 0x80) !== 0 ? 15 : 7;
    pictureId = pictureIdBits === 15 ? readUint16(payload, byteLength) & 0x7fff : (payload[byteLength] ?? 0);
    byteLength += pictureIdBits === 15 ? 2 : 1;
  }
  let tl0PicIdx: number | undefined;
  if ((extension & 0x40) !== 0) {
    tl0PicIdx = payload[byteLength] ?? 0;
    byteLength += 1;
  }
  const layers = payload[byteLength] ?? 0;
  if ((extension & 0x30) !== 0) byteLength += 1;
  if (payload.length <= byteLength) return undefined;
  return {
    nonReference: (first & 0x20) !== 0,
    startsPartition: (first & 0x10) !== 0,
    partitionIndex: first & 0x07,
    pictureId,
    pictureIdBits,
    tl0PicIdx,
    temporalLayer: (extension & 0x20) !== 0 ? layers >> 6 : undefined,
    layerSync: (extension & 0x20) !== 0 ? (layers & 0x20) !== 0 : undefined,
    keyIndex: (extension & 0x10) !== 0 ? layers & 0x1f : undefined,
    byteLength,
  };
}

/** Writes the descriptor at `offset` and returns where the VP8 data begins. */
export function writeVp8PayloadDescriptor(
  target: Uint8Array,
  offset: number,
  descriptor: Vp8PayloadDescriptor,
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
