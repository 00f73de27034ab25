/**
 * How luma and chroma stand for colours: ITU-R BT.601, which WebRTC takes for granted, or BT.709, which
 * browsers use for what they draw themselves and for large pictures.
 */
export type ColorSpace = "bt601" | "bt709";

/**
 * A picture in I420: full-size luma, chroma at half width and half height (rounded up), limited range
 * (luma 16-235, chroma 16-240), the layout that WebRTC's codecs read and write.
 */
export interface I420Planes {
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  /** Bytes from one row to the next, at least the plane's width. */
  readonly strideY: number;
  readonly strideU: number;
  readonly strideV: number;
}

/** Bytes of an I420 picture whose rows follow each other without gaps. */
export function i420ByteLength(width: number, height: number): number {
  return width * height + 2 * chromaSize(width) * chromaSize(height);
}

/** Width or height of the chroma planes for that of the luma plane. */
export function chromaSize(lumaSize: number): number {
  return (lumaSize + 1) >> 1;
}

/** The three planes of a gapless I420 buffer, as views into it. */
export function i420Planes(buffer: Uint8Array, width: number, height: number): I420Planes {
  const lumaBytes = width * height;
  const strideUV = chromaSize(width);
  const chromaBytes = strideUV * chromaSize(height);
  return {
    y: buffer.subarray(0, lumaBytes),
    u: buffer.subarray(lumaBytes, lumaBytes + chromaBytes),
    v: buffer.subarray(lumaBytes + chromaBytes, lumaBytes + 2 * chromaBytes),
    strideY: width,
    strideU: strideUV,
    strideV: strideUV,
  };
}
