import { readUint32, writeUint32 } from "../bytes.ts";
import { allocateRtcpPacket, RTCP_TYPE, type RtcpBody } from "./packet-header.ts";
import { parseReportBlocks, REPORT_BLOCK_BYTES, type ReportBlock, writeReportBlocks } from "./report-block.ts";

/** How a peer that is not sending receives (RFC 3550 §6.4.2). */
export interface ReceiverReport {
  readonly type: "receiver-report";
  /** Of the peer that reports. */
  readonly ssrc: number;
  /** At most 31. */
  readonly reports: readonly ReportBlock[];
}

export function parseReceiverReport({ bytes, count }: RtcpBody): ReceiverReport | undefined {
  const reports = parseReportBlocks(bytes, 4, count);
  if (!reports) return undefined;
  return { type: "receiver-report", ssrc: readUint32(bytes, 0), reports };
}

export function serializeReceiverReport({ ssrc, reports }: ReceiverReport): Uint8Array<ArrayBuffer> {
  const bytes = allocateRtcpPacket(RTCP_TYPE.receiverReport, reports.length, 4 + REPORT_BLOCK_BYTES * reports.length);
  writeUint32(bytes, 4, ssrc);
  writeReportBlocks(bytes, 8, reports);
  return bytes;
}
