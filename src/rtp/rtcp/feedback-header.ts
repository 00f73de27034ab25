import { readUint32, writeUint32 } from "../bytes.ts";
import { allocateRtcpPacket, type RtcpBody } from "./packet-header.ts";

/** Bytes of a feedback packet before its control information, without the RTCP header (RFC 4585 §6.1). */
export const FEEDBACK_HEADER_BYTES = 8;

/** Formats of transport-layer feedback (RFC 4585 §6.2, draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). */
export const TRANSPORT_FEEDBACK_FORMAT = { nack: 1, transportWide: 15 } as const;

/** Formats of payload-specific feedback (RFC 4585 §6.3, RFC 5104 §4.3). */
export const PAYLOAD_FEEDBACK_FORMAT = { pictureLossIndication: 1, fullIntraRequest: 4, applicationLayer: 15 } as const;

export interface FeedbackHeader {
  /** Of the peer that asks. */
  readonly senderSsrc: number;
  /** Of the stream that it asks about; 0 where the control information names the streams. */
  readonly mediaSsrc: number;
}

export function parseFeedbackHeader({ bytes }: RtcpBody): FeedbackHeader | undefined {
  if (bytes.length < FEEDBACK_HEADER_BYTES) return undefined;
  return { senderSsrc: readUint32(bytes, 0), mediaSsrc: readUint32(bytes, 4) };
}

/** A feedback packet whose control information, from byte 12 on, is still zero. */
export function allocateFeedbackPacket(
  { packetType, format }: { packetType: number; format: number },
  { senderSsrc, mediaSsrc, controlByteLength }: FeedbackHeader & { controlByteLength: number },
): Uint8Array<ArrayBuffer> {
  const bytes = allocateRtcpPacket(packetType, format, FEEDBACK_HEADER_BYTES + controlByteLength);
  writeUint32(bytes, 4, senderSsrc);
  writeUint32(bytes, 8, mediaSsrc);
  return bytes;
}
