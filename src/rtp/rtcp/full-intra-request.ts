import { readUint32, writeUint32 } from "../bytes.ts";
import {
  allocateFeedbackPacket,
  FEEDBACK_HEADER_BYTES,
  PAYLOAD_FEEDBACK_FORMAT,
  parseFeedbackHeader,
} from "./feedback-header.ts";
import { RTCP_TYPE, type RtcpBody } from "./packet-header.ts";

const ENTRY_BYTES = 8;

/** Demands a keyframe from each named stream (RFC 5104 §4.3.1). */
export interface FullIntraRequest {
  readonly type: "full-intra-request";
  readonly senderSsrc: number;
  readonly entries: readonly FullIntraRequestEntry[];
}

export interface FullIntraRequestEntry {
  readonly ssrc: number;
  /** 8 bits, wraps; a repeated number repeats the request, a new one is a new request. */
  readonly sequenceNumber: number;
}

export function parseFullIntraRequest(body: RtcpBody): FullIntraRequest | undefined {
  const header = parseFeedbackHeader(body);
  const { bytes } = body;
  if (!header || bytes.length < FEEDBACK_HEADER_BYTES + ENTRY_BYTES) return undefined;
  const entries: FullIntraRequestEntry[] = [];
  for (let offset = FEEDBACK_HEADER_BYTES; offset + ENTRY_BYTES <= bytes.length; offset += ENTRY_BYTES) {
    entries.push({ ssrc: readUint32(bytes, offset), sequenceNumber: bytes[offset + 4] ?? 0 });
  }
  return { type: "full-intra-request", senderSsrc: header.senderSsrc, entries };
}

export function serializeFullIntraRequest({ senderSsrc, entries }: FullIntraRequest): Uint8Array<ArrayBuffer> {
  const bytes = allocateFeedbackPacket(
    { packetType: RTCP_TYPE.payloadFeedback, format: PAYLOAD_FEEDBACK_FORMAT.fullIntraRequest },
    { senderSsrc, mediaSsrc: 0, controlByteLength: ENTRY_BYTES * entries.length },
  );
  entries.forEach(({ ssrc, sequenceNumber }, index) => {
    writeUint32(bytes, 12 + ENTRY_BYTES * index, ssrc);
    bytes[16 + ENTRY_BYTES * index] = sequenceNumber;
  });
  return bytes;
}
