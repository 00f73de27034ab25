import { readUint16, writeUint16 } from "../bytes.ts";
import {
  allocateFeedbackPacket,
  FEEDBACK_HEADER_BYTES,
  parseFeedbackHeader,
  TRANSPORT_FEEDBACK_FORMAT,
} from "./feedback-header.ts";
import { RTCP_TYPE, type RtcpBody } from "./packet-header.ts";

/** Asks for packets again (generic NACK, RFC 4585 §6.2.1). */
export interface Nack {
  readonly type: "nack";
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** 16 bits each, in order, oldest first. */
  readonly sequenceNumbers: readonly number[];
}

export function parseNack(body: RtcpBody): Nack | undefined {
  const header = parseFeedbackHeader(body);
  const { bytes } = body;
  if (!header || bytes.length < FEEDBACK_HEADER_BYTES + 4) return undefined;
  const sequenceNumbers: number[] = [];
  for (let offset = FEEDBACK_HEADER_BYTES; offset + 4 <= bytes.length; offset += 4) {
    const packetId = readUint16(bytes, offset);
    const followers = readUint16(bytes, offset + 2);
    sequenceNumbers.push(packetId);
    for (let bit = 0; bit < 16; bit += 1) {
      if ((followers & (1 << bit)) !== 0) sequenceNumbers.push((packetId + bit + 1) & 0xffff);
    }
  }
  return { type: "nack", ...header, sequenceNumbers };
}

export function serializeNack({ senderSsrc, mediaSsrc, sequenceNumbers }: Nack): Uint8Array<ArrayBuffer> {
  const entries: { packetId: number; followers: number }[] = [];
  for (const sequenceNumber of sequenceNumbers) {
    const entry = entries.at(-1);
    const distance = entry ? (sequenceNumber - entry.packetId) & 0xffff : -1;
    if (entry && distance >= 1 && distance <= 16) entry.followers |= 1 << (distance - 1);
    else if (distance !== 0) entries.push({ packetId: sequenceNumber, followers: 0 });
  }
  const bytes = allocateFeedbackPacket(
    { packetType: RTCP_TYPE.transportFeedback, format: TRANSPORT_FEEDBACK_FORMAT.nack },
    { senderSsrc, mediaSsrc, controlByteLength: 4 * entries.length },
  );
  entries.forEach(({ packetId, followers }, index) => {
    writeUint16(bytes, 12 + 4 * index, packetId);
    writeUint16(bytes, 14 + 4 * index, followers);
  });
  return bytes;
}
