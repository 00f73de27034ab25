/** One packet of an RTCP compound, as a view into it. */
export interface RtcpPart {
  readonly type: number;
  /** The report count or feedback message type: the five bits after the version. */
  readonly format: number;
  readonly bytes: Buffer;
}

export const RTCP = { sr: 200, rr: 201, sdes: 202, bye: 203, rtpFeedback: 205, payloadFeedback: 206 } as const;
/** Formats of payload feedback: RFC 4585 section 6.3, RFC 5104 section 4.3. */
export const FEEDBACK = { nack: 1, pli: 1, fir: 4 } as const;

/** The parts of an RTCP compound, up to the first one that is malformed. */
export function* rtcpParts(compound: Buffer): Generator<RtcpPart> {
  let offset = 0;
  while (offset + 8 <= compound.length) {
    const length = 4 * (compound.readUInt16BE(offset + 2) + 1);
    if (length < 8 || offset + length > compound.length) return;
    const bytes = compound.subarray(offset, offset + length);
    yield { type: bytes[1] ?? 0, format: (bytes[0] ?? 0) & 0x1f, bytes };
    offset += length;
  }
}

/** The sequence numbers that a generic NACK asks for (RFC 4585 section 6.2.1). */
export function nackedSequenceNumbers(part: RtcpPart): number[] {
  const numbers: number[] = [];
  for (let offset = 12; offset + 4 <= part.bytes.length; offset += 4) {
    const first = part.bytes.readUInt16BE(offset);
    const following = part.bytes.readUInt16BE(offset + 2);
    numbers.push(first);
    for (let bit = 0; bit < 16; bit++) if (following & (1 << bit)) numbers.push((first + bit + 1) & 0xffff);
  }
  return numbers;
}

export interface ReceptionState {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Extended highest sequence number received. */
  readonly highestSequence: number;
  /** Middle 32 bits of the last sender report's NTP time, 0 before the first. */
  readonly lastReport: number;
  /** Since that report, in units of 1/65536 s. */
  readonly delaySinceReport: number;
}

/** A receiver report without loss and an empty SDES (RFC 3550 section 6.4.2). */
export function receiverReport(state: ReceptionState): Buffer {
  const report = Buffer.alloc(32);
  report.writeUInt32BE(0x81c90007, 0);
  report.writeUInt32BE(state.senderSsrc, 4);
  report.writeUInt32BE(state.mediaSsrc, 8);
  report.writeUInt32BE(state.highestSequence >>> 0, 16);
  report.writeUInt32BE(state.lastReport, 24);
  report.writeUInt32BE(state.delaySinceReport >>> 0, 28);
  return report;
}

/** A sender report without report blocks (RFC 3550 section 6.4.1). */
export function senderReport(
  ssrc: number,
  nowMs: number,
  rtpTimestamp: number,
  packets: number,
  bytes: number,
): Buffer {
  const report = Buffer.alloc(28);
  report.writeUInt32BE(0x80c80006, 0);
  report.writeUInt32BE(ssrc, 4);
  report.writeUInt32BE((Math.floor(nowMs / 1000) + 2_208_988_800) >>> 0, 8);
  report.writeUInt32BE(Math.floor(((nowMs % 1000) / 1000) * 4_294_967_296) >>> 0, 12);
  report.writeUInt32BE(rtpTimestamp >>> 0, 16);
  report.writeUInt32BE(packets >>> 0, 20);
  report.writeUInt32BE(bytes >>> 0, 24);
  return report;
}

/** Tells the sender how many bits per second it may send (draft-alvestrand-rmcat-remb). */
export function receiverEstimatedMaximumBitrate(senderSsrc: number, mediaSsrc: number, bitsPerSecond: number): Buffer {
  let exponent = 0;
  let mantissa = Math.floor(bitsPerSecond);
  while (mantissa > 0x3ffff) {
    mantissa >>>= 1;
    exponent++;
  }
  const remb = Buffer.alloc(24);
  remb.writeUInt32BE(0x8fce0005, 0);
  remb.writeUInt32BE(senderSsrc, 4);
  remb.write("REMB", 12, "latin1");
  remb.writeUInt32BE(((1 << 24) | (exponent << 18) | mantissa) >>> 0, 16);
  remb.writeUInt32BE(mediaSsrc, 20);
  return remb;
}

/** Asks the sender for a keyframe (RFC 4585 section 6.3.1). */
export function pictureLossIndication(senderSsrc: number, mediaSsrc: number): Buffer {
  const pli = Buffer.alloc(12);
  pli.writeUInt32BE(0x81ce0002, 0);
  pli.writeUInt32BE(senderSsrc, 4);
  pli.writeUInt32BE(mediaSsrc, 8);
  return pli;
}
