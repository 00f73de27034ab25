import { readUint24, readUint32, writeUint24, writeUint32 } from "../bytes.ts";
import {
  allocateFeedbackPacket,
  FEEDBACK_HEADER_BYTES,
  PAYLOAD_FEEDBACK_FORMAT,
  parseFeedbackHeader,
} from "./feedback-header.ts";
import { RTCP_TYPE, type RtcpBody } from "./packet-header.ts";

/** "REMB" in ASCII. */
const IDENTIFIER = 0x52_45_4d_42;
const MANTISSA_BITS = 18;

/**
 * Receiver estimated maximum bitrate: how much the streams' sender may send in all (draft-alvestrand-rmcat-remb-03
 * §2.2).
 */
export interface Remb {
  readonly type: "remb";
  readonly senderSsrc: number;
  /** In bits per second; 18 significant bits survive, the rest is cut off. */
  readonly bitrateBps: number;
  /** The streams that share it. At most 255. */
  readonly ssrcs: readonly number[];
}

/** Reads feedback of the application-layer kind; `undefined` when it is not a REMB. */
export function parseRemb(body: RtcpBody): Remb | undefined {
  const header = parseFeedbackHeader(body);
  const { bytes } = body;
  if (!header || bytes.length < FEEDBACK_HEADER_BYTES + 8) return undefined;
  if (readUint32(bytes, FEEDBACK_HEADER_BYTES) !== IDENTIFIER) return undefined;
  const count = bytes[FEEDBACK_HEADER_BYTES + 4] ?? 0;
  const ssrcOffset = FEEDBACK_HEADER_BYTES + 8;
  if (ssrcOffset + 4 * count > bytes.length) return undefined;
  const exponent = (bytes[FEEDBACK_HEADER_BYTES + 5] ?? 0) >> 2;
  const mantissa = readUint24(bytes, FEEDBACK_HEADER_BYTES + 5) & 0x3_ffff;
  return {
    type: "remb",
    senderSsrc: header.senderSsrc,
    bitrateBps: mantissa * 2 ** exponent,
    ssrcs: Array.from({ length: count }, (_, index) => readUint32(bytes, ssrcOffset + 4 * index)),
  };
}

export function serializeRemb({ senderSsrc, bitrateBps, ssrcs }: Remb): Uint8Array<ArrayBuffer> {
  const bytes = allocateFeedbackPacket(
    { packetType: RTCP_TYPE.payloadFeedback, format: PAYLOAD_FEEDBACK_FORMAT.applicationLayer },
    { senderSsrc, mediaSsrc: 0, controlByteLength: 8 + 4 * ssrcs.length },
  );
  let exponent = 0;
  let mantissa = Math.max(0, Math.floor(bitrateBps));
  while (mantissa >= 2 ** MANTISSA_BITS) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  writeUint32(bytes, 12, IDENTIFIER);
  bytes[16] = ssrcs.length;
  writeUint24(bytes, 17, (exponent << MANTISSA_BITS) | mantissa);
  ssrcs.forEach((ssrc, index) => writeUint32(bytes, 20 + 4 * index, ssrc));
  return bytes;
}
