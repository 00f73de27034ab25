import { readUint24, readUint32, writeUint24, writeUint32 } from "../bytes.ts";

export const REPORT_BLOCK_BYTES = 24;

/** How one receiver gets one stream (RFC 3550 §6.4.1). */
export interface ReportBlock {
  /** The stream that this is about. */
  readonly ssrc: number;
  /** Share of packets lost since the report before, in 1/256: 0 to 255. */
  readonly fractionLost: number;
  /** Packets lost since the beginning, -8388608 to 8388607; negative when duplicates outweigh losses. */
  readonly cumulativeLost: number;
  /** Highest sequence number in the low 16 bits, count of wraps above. */
  readonly extendedHighestSequence: number;
  /** Interarrival jitter in ticks of the RTP clock. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time in the last sender report that arrived, or 0. */
  readonly lastSenderReport: number;
  /** Time since that report, in units of 2^-16 s, or 0. */
  readonly delaySinceLastSenderReport: number;
}

/** Reads `count` blocks, or returns `undefined` when fewer fit. */
export function parseReportBlocks(bytes: Uint8Array, offset: number, count: number): ReportBlock[] | undefined {
  if (offset + count * REPORT_BLOCK_BYTES > bytes.length) return undefined;
  const blocks: ReportBlock[] = [];
  for (let at = offset; blocks.length < count; at += REPORT_BLOCK_BYTES) {
    blocks.push({
      ssrc: readUint32(bytes, at),
      fractionLost: bytes[at + 4] ?? 0,
      cumulativeLost: (readUint24(bytes, at + 5) << 8) >> 8,
      extendedHighestSequence: readUint32(bytes, at + 8),
      jitter: readUint32(bytes, at + 12),
      lastSenderReport: readUint32(bytes, at + 16),
      delaySinceLastSenderReport: readUint32(bytes, at + 20),
    });
  }
  return blocks;
}

export function writeReportBlocks(bytes: Uint8Array, offset: number, blocks: readonly ReportBlock[]): void {
  let at = offset;
  for (const block of blocks) {
    writeUint32(bytes, at, block.ssrc);
    bytes[at + 4] = block.fractionLost;
    writeUint24(bytes, at + 5, block.cumulativeLost);
    writeUint32(bytes, at + 8, block.extendedHighestSequence);
    writeUint32(bytes, at + 12, block.jitter);
    writeUint32(bytes, at + 16, block.lastSenderReport);
    writeUint32(bytes, at + 20, block.delaySinceLastSenderReport);
    at += REPORT_BLOCK_BYTES;
  }
}
