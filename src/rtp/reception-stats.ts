import { compactNtp, msToCompactNtp } from "./ntp-time.ts";
import type { RtpPacket } from "./packet.ts";
import type { ReportBlock } from "./rtcp/report-block.ts";
import type { SenderReport } from "./rtcp/sender-report.ts";
import { sequenceDistance, timestampDistance } from "./sequence.ts";

/** A jump further ahead than this is not loss but another numbering (RFC 3550 appendix A.1). */
const MAX_DROPOUT = 3000;
/** Retransmissions come late: more of them are expected than the 100 of RFC 3550. */
const MAX_MISORDER = 2048;
/** Browsers probe the path by sending their newest packets twice; the copies may overtake the originals, or outlive them. */
const MAX_REPAIR_AHEAD = 100;

export interface ReceptionStatsOptions {
  /** Ticks of the RTP clock per second: 90000 for video. */
  readonly clockRate: number;
}

/**
 * What a packet's sequence number says of its stream: `accepted` goes on as usual; `restarted` means that the sender
 * numbers anew and everything remembered of it is void; `suspect` is far away from the others and to be thrown away,
 * unless the next one follows it.
 */
export type SequenceVerdict = "accepted" | "restarted" | "suspect";

/**
 * Counts what arrives of one stream and makes the report about it: loss, jitter and highest sequence number (RFC 3550
 * appendices A.1, A.3, A.8).
 */
export class ReceptionStats {
  readonly #ticksPerMs: number;
  #started = false;
  #baseSequence = 0;
  #highest = 0;
  #cycles = 0;
  #suspectNext = -1;
  #receivedCount = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #jitter = 0;
  #lastTransit: number | undefined;
  #lastTimestamp = 0;
  #lastSenderReport = 0;
  #lastSenderReportAtMs = 0;

  constructor({ clockRate }: ReceptionStatsOptions) {
    this.#ticksPerMs = clockRate / 1000;
  }

  /** Packets that arrived, duplicates included. */
  get receivedCount(): number {
    return this.#receivedCount;
  }

  /** Packets missing since the beginning; negative when duplicates outweigh losses. */
  get cumulativeLost(): number {
    return this.#expectedCount() - this.#receivedCount;
  }

  /** Interarrival jitter in milliseconds. */
  get jitterMs(): number {
    return this.#jitter / this.#ticksPerMs;
  }

  /**
   * Whether the number in a retransmission is that of a packet which may have been lost: not of one long gone, nor of one far
   * ahead, which would pull all that follows to another place. False before the first packet.
   */
  mayBeRepaired(sequenceNumber: number): boolean {
    const distance = sequenceDistance(sequenceNumber, this.#highest);
    return this.#started && distance > -MAX_MISORDER && distance <= MAX_REPAIR_AHEAD;
  }

  handlePacket(packet: RtpPacket, nowMs: number): SequenceVerdict {
    const { sequenceNumber } = packet;
    if (!this.#started) {
      this.#restart(sequenceNumber);
      this.#count(packet, nowMs);
      return "accepted";
    }
    const distance = sequenceDistance(sequenceNumber, this.#highest);
    if (distance >= MAX_DROPOUT || distance <= -MAX_MISORDER) {
      if (sequenceNumber !== this.#suspectNext) {
        this.#suspectNext = (sequenceNumber + 1) & 0xffff;
        return "suspect";
      }
      this.#restart(sequenceNumber);
      this.#count(packet, nowMs);
      return "restarted";
    }
    if (distance > 0) {
      if (sequenceNumber < this.#highest) this.#cycles += 0x1_0000;
      this.#highest = sequenceNumber;
      this.#count(packet, nowMs);
    } else {
      this.#receivedCount += 1;
    }
    return "accepted";
  }

  /** Notes a report of this stream's sender, which the next report block answers. */
  handleSenderReport(report: SenderReport, nowMs: number): void {
    this.#lastSenderReport = compactNtp(report.ntpTime);
    this.#lastSenderReportAtMs = nowMs;
  }

  /** The report since the one before: each call begins a new interval for `fractionLost`. */
  takeReportBlock(ssrc: number, nowMs: number): ReportBlock {
    const expected = this.#expectedCount();
    const expectedInterval = expected - this.#expectedPrior;
    const lostInterval = expectedInterval - (this.#receivedCount - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#receivedCount;
    const reported = this.#lastSenderReport !== 0;
    return {
      ssrc,
      fractionLost:
        expectedInterval <= 0 || lostInterval <= 0
          ? 0
          : Math.min(255, Math.floor((lostInterval * 256) / expectedInterval)),
      cumulativeLost: Math.max(-0x80_0000, Math.min(0x7f_ffff, expected - this.#receivedCount)),
      extendedHighestSequence: (this.#cycles + this.#highest) % 0x1_0000_0000,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport: reported ? msToCompactNtp(nowMs - this.#lastSenderReportAtMs) : 0,
    };
  }

  #expectedCount(): number {
    return this.#started ? this.#cycles + this.#highest - this.#baseSequence + 1 : 0;
  }

  #restart(sequenceNumber: number): void {
    this.#started = true;
    this.#baseSequence = sequenceNumber;
    this.#highest = sequenceNumber;
    this.#cycles = 0;
    this.#suspectNext = -1;
    this.#receivedCount = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
    this.#lastTransit = undefined;
  }

  /** A packet newer than all before it. Only the first of each frame says something of the network's jitter. */
  #count({ timestamp }: RtpPacket, nowMs: number): void {
    this.#receivedCount += 1;
    if (this.#lastTransit !== undefined && timestamp === this.#lastTimestamp) return;
    const transit = Math.round(nowMs * this.#ticksPerMs) - timestamp;
    if (this.#lastTransit !== undefined) {
      const difference = Math.abs(timestampDistance(transit, this.#lastTransit));
      this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#lastTransit = transit;
    this.#lastTimestamp = timestamp;
  }
}
