import { readUint32, writeUint32 } from "../bytes.ts";
import type { NtpTime } from "../ntp-time.ts";
import { allocateRtcpPacket, RTCP_TYPE, type RtcpBody } from "./packet-header.ts";
import { parseReportBlocks, REPORT_BLOCK_BYTES, type ReportBlock, writeReportBlocks } from "./report-block.ts";

const SENDER_INFO_BYTES = 24;

/** What a sender has sent, and which wall-clock time its RTP timestamps stand for (RFC 3550 §6.4.1). */
export interface SenderReport {
  readonly type: "sender-report";
  readonly ssrc: number;
  readonly ntpTime: NtpTime;
  /** The same moment on the stream's RTP clock. */
  readonly rtpTimestamp: number;
  /** Counts since the beginning, 32 bits; octets are those of payloads. */
  readonly packetCount: number;
  readonly octetCount: number;
  /** At most 31. */
  readonly reports: readonly ReportBlock[];
}

export function parseSenderReport({ bytes, count }: RtcpBody): SenderReport | undefined {
  const reports = parseReportBlocks(bytes, SENDER_INFO_BYTES, count);
  if (!reports) return undefined;
  return {
    type: "sender-report",
    ssrc: readUint32(bytes, 0),
    ntpTime: { seconds: readUint32(bytes, 4), fraction: readUint32(bytes, 8) },
    rtpTimestamp: readUint32(bytes, 12),
    packetCount: readUint32(bytes, 16),
    octetCount: readUint32(bytes, 20),
    reports,
  };
}

export function serializeSenderReport(report: SenderReport): Uint8Array<ArrayBuffer> {
  const { reports } = report;
  const bytes = allocateRtcpPacket(
    RTCP_TYPE.senderReport,
    reports.length,
    SENDER_INFO_BYTES + REPORT_BLOCK_BYTES * reports.length,
  );
  writeUint32(bytes, 4, report.ssrc);
  writeUint32(bytes, 8, report.ntpTime.seconds);
  writeUint32(bytes, 12, report.ntpTime.fraction);
  writeUint32(bytes, 16, report.rtpTimestamp);
  writeUint32(bytes, 20, report.packetCount);
  writeUint32(bytes, 24, report.octetCount);
  writeReportBlocks(bytes, 28, reports);
  return bytes;
}
