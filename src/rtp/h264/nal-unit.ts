/** NAL unit types that matter to RTP (H.264 table 7-1, RFC 6184 table 1). */
export const NAL_TYPE = {
  slice: 1,
  idrSlice: 5,
  sei: 6,
  sequenceParameterSet: 7,
  pictureParameterSet: 8,
  accessUnitDelimiter: 9,
  /** Several small NAL units in one packet (RFC 6184 §5.7.1). */
  stapA: 24,
  /** A part of a large one (RFC 6184 §5.8). */
  fuA: 28,
} as const;

/** The type in the first byte of a NAL unit. */
export function nalUnitType(header: number): number {
  return header & 0x1f;
}

/** Where a NAL unit lies in a buffer, start code and trailing zeros left out. `end` is exclusive. */
export interface NalUnitRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the NAL units of an Annex B byte stream (H.264 annex B.1): start codes of three or four bytes,
 * zeros around them ignored. Bytes before the first start code are not a NAL unit and are left out, as are empty ones.
 */
export function findNalUnits(bytes: Uint8Array): NalUnitRange[] {
  const ranges: NalUnitRange[] = [];
  let start = -1;
  let code = findStartCode(bytes, 0);
  while (code >= 0) {
    if (start >= 0) addRange(ranges, bytes, start, code);
    start = code + 3;
    code = findStartCode(bytes, start);
  }
  if (start >= 0) addRange(ranges, bytes, start, bytes.length);
  return ranges;
}

function addRange(ranges: NalUnitRange[], bytes: Uint8Array, start: number, limit: number): void {
  let end = limit;
  while (end > start && bytes[end - 1] === 0) end -= 1; // A NAL unit never ends in a zero byte.
  if (end > start) ranges.push({ start, end });
}

/** Where the next 00 00 01 begins, or -1. Looks at every third byte only, as long as that byte is above 1. */
function findStartCode(bytes: Uint8Array, from: number): number {
  const last = bytes.length - 1;
  let third = from + 2;
  while (third <= last) {
    const value = bytes[third] as number;
    if (value > 1) third += 3;
    else if (value === 0) third += 1;
    else if (bytes[third - 1] === 0 && bytes[third - 2] === 0) return third - 2;
    else third += 3;
  }
  return -1;
}
