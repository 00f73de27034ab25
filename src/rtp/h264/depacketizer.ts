import { readUint16 } from "../bytes.ts";
import type { DepacketizedFrame, VideoDepacketizer } from "../video-payload-format.ts";
import { NAL_TYPE, nalUnitType } from "./nal-unit.ts";

const START_CODE_BYTES = 4;

/**
 * Joins RTP payloads into an H.264 access unit in Annex B format (RFC 6184): single NAL units, STAP-A and FU-A. The
 * interleaved kinds (STAP-B, MTAP, FU-B) belong to packetization mode 2, which WebRTC does not use: they make a frame
 * invalid.
 */
export const h264Depacketizer: VideoDepacketizer = {
  beginsKeyframe(payload) {
    const type = nalUnitType(payload[0] ?? 0);
    if (type === NAL_TYPE.sequenceParameterSet) return true;
    if (type !== NAL_TYPE.stapA) return false;
    for (let offset = 1; offset + 2 < payload.length; offset += 2 + readUint16(payload, offset)) {
      if (nalUnitType(payload[offset + 2] ?? 0) === NAL_TYPE.sequenceParameterSet) return true;
    }
    return false;
  },

  depacketize(payloads) {
    const survey = surveyPayloads(payloads);
    if (!survey) return undefined;
    const data = new Uint8Array(survey.byteLength);
    let at = 0;
    for (const payload of payloads) at = appendPayload(data, at, payload);
    return {
      data,
      keyframe: survey.idrSlice,
      selfContained: survey.idrSlice && survey.parameterSets,
    } satisfies DepacketizedFrame;
  },
};

interface Survey {
  byteLength: number;
  idrSlice: boolean;
  parameterSets: boolean;
  /** Whether the first slice seen begins at the picture's first macroblock; `undefined` before any slice. */
  startsAtTop: boolean | undefined;
}

/** Checks every length before anything is allocated. */
function surveyPayloads(payloads: readonly Uint8Array[]): Survey | undefined {
  const survey: Survey = { byteLength: 0, idrSlice: false, parameterSets: false, startsAtTop: undefined };
  let fragmentType = -1; // Of the fragmented NAL unit that is still open.
  for (const payload of payloads) {
    const header = payload[0];
    if (header === undefined || header >= 0x80) return undefined; // forbidden_zero_bit
    const type = nalUnitType(header);
    if (type === NAL_TYPE.fuA) {
      const fuHeader = payload[1];
      if (fuHeader === undefined || payload.length < 3) return undefined;
      const starts = (fuHeader & 0x80) !== 0;
      const innerType = nalUnitType(fuHeader);
      if (starts ? fragmentType >= 0 : fragmentType !== innerType) return undefined;
      if (starts) {
        note(survey, innerType, payload[2]);
        survey.byteLength += START_CODE_BYTES + 1;
      }
      survey.byteLength += payload.length - 2;
      fragmentType = (fuHeader & 0x40) !== 0 ? -1 : innerType;
      continue;
    }
    if (fragmentType >= 0) return undefined; // Its rest is missing.
    if (type >= 1 && type <= 23) {
      note(survey, type, payload[1]);
      survey.byteLength += START_CODE_BYTES + payload.length;
    } else if (type === NAL_TYPE.stapA) {
      if (!surveyAggregate(survey, payload)) return undefined;
    } else {
      return undefined;
    }
  }
  if (fragmentType >= 0 || survey.startsAtTop === false) return undefined;
  return survey;
}

function surveyAggregate(survey: Survey, payload: Uint8Array): boolean {
  let offset = 1;
  if (payload.length < 4) return false;
  while (offset < payload.length) {
    if (offset + 3 > payload.length) return false;
    const byteLength = readUint16(payload, offset);
    offset += 2;
    if (byteLength === 0 || offset + byteLength > payload.length) return false;
    const type = nalUnitType(payload[offset] ?? 0);
    if (type < 1 || type > 23) return false;
    note(survey, type, byteLength > 1 ? payload[offset + 1] : undefined);
    survey.byteLength += START_CODE_BYTES + byteLength;
    offset += byteLength;
  }
  return true;
}

/** @param firstByte The one after the NAL unit's header. */
function note(survey: Survey, type: number, firstByte: number | undefined): void {
  if (type === NAL_TYPE.sequenceParameterSet) survey.parameterSets = true;
  if (type === NAL_TYPE.idrSlice) survey.idrSlice = true;
  if (type >= 1 && type <= NAL_TYPE.idrSlice) {
    // first_mb_in_slice is an Exp-Golomb number, and 0 is the single bit 1 (H.264 §7.3.3, §9.1).
    survey.startsAtTop ??= (firstByte ?? 0) >= 0x80;
  }
}

function appendPayload(data: Uint8Array, offset: number, payload: Uint8Array): number {
  const header = payload[0] ?? 0;
  const type = nalUnitType(header);
  if (type === NAL_TYPE.fuA) {
    const fuHeader = payload[1] ?? 0;
    let at = offset;
    if ((fuHeader & 0x80) !== 0) {
      at = appendStartCode(data, at);
      data[at++] = (header & 0xe0) | (fuHeader & 0x1f);
    }
    data.set(payload.subarray(2), at);
    return at + payload.length - 2;
  }
  if (type !== NAL_TYPE.stapA) {
    const at = appendStartCode(data, offset);
    data.set(payload, at);
    return at + payload.length;
  }
  let at = offset;
  let from = 1;
  while (from < payload.length) {
    const byteLength = readUint16(payload, from);
    at = appendStartCode(data, at);
    data.set(payload.subarray(from + 2, from + 2 + byteLength), at);
    at += byteLength;
    from += 2 + byteLength;
  }
  return at;
}

function appendStartCode(data: Uint8Array, offset: number): number {
  data[offset + 3] = 1; // The three bytes before it are zero already.
  return offset + START_CODE_BYTES;
}
