import { ARRIVAL_TICK_MS, REFERENCE_UNIT_MS, type TransportWideFeedback } from "../rtcp/transport-wide-feedback.ts";
import { SequenceUnwrapper, sequenceDistance } from "../sequence.ts";
import type { PacketResult } from "./packet-result.ts";

/** Packets that feedback may still come about; those sent longer ago are forgotten, and never more than so many kept. */
const MAX_AGE_MS = 10_000;
const MAX_REMEMBERED = 16_384;

export interface SentTransportPacket {
  /** Transport-wide, 16 bits, in the order of sending. */
  readonly sequenceNumber: number;
  readonly byteLength: number;
  readonly sentAtMs: number;
  readonly probe?: number | undefined;
}

interface Remembered {
  readonly byteLength: number;
  readonly sentAtMs: number;
  readonly probe: number | undefined;
  /** Whether feedback has called it lost: it may still turn out to have been late. */
  isReported: boolean;
}

/**
 * Matches the peer's transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) with what was sent. Feedback that is lost itself leaves its packets
 * without a verdict: nobody knows whether they arrived.
 */
export class SentTransportPackets {
  readonly #sent = new Map<number, Remembered>();
  readonly #unwrapper = new SequenceUnwrapper();
  #last: number | undefined;
  /** The highest number that feedback has told of, and what has left after it. */
  #highestReported = -Infinity;
  #followsGap = false;
  #outstandingBytes = 0;
  #referenceMs = 0;
  #lastReference: number | undefined;

  /** Bytes that left after the last packet that feedback has told of. */
  get outstandingBytes(): number {
    return this.#outstandingBytes;
  }

  /** Whether feedback from before the last one is missing: what it told of is not known. */
  get followsGap(): boolean {
    return this.#followsGap;
  }

  /** Notes a packet that leaves. */
  add({ sequenceNumber, byteLength, sentAtMs, probe }: SentTransportPacket): void {
    const sequence = this.#unwrapper.unwrap(sequenceNumber);
    this.#last = sequence;
    this.#outstandingBytes += byteLength;
    this.#sent.set(sequence, { byteLength, sentAtMs, probe, isReported: false });
    for (const [oldest, { sentAtMs: oldestMs }] of this.#sent) {
      if (sentAtMs - oldestMs <= MAX_AGE_MS && this.#sent.size <= MAX_REMEMBERED) break;
      this.#sent.delete(oldest);
    }
  }

  /**
   * The packets of a feedback, in the order of sending. A packet is reported as arrived once; as lost at most once,
   * before it may yet be reported as arrived.
   */
  resultsOf({ baseSequence, packetCount, referenceTime, arrivals }: TransportWideFeedback): PacketResult[] {
    if (this.#last === undefined) return [];
    const base = this.#last + sequenceDistance(baseSequence, this.#last & 0xffff);
    const referenceMs = this.#unwrapReference(referenceTime);
    const results: PacketResult[] = [];
    const [oldest = base] = this.#sent.keys();
    let next = Math.max(0, oldest - base);
    const lose = (end: number): void => {
      for (; next < end; next += 1) {
        const sequence = base + next;
        if (sequence > (this.#last ?? 0)) return;
        const packet = this.#sent.get(sequence);
        if (!packet || packet.isReported) continue;
        packet.isReported = true;
        results.push({ sequence, ...packet, arrivedAtMs: undefined });
      }
    };
    for (const { offset, ticks } of arrivals) {
      lose(offset);
      next = Math.max(next, offset + 1);
      const sequence = base + offset;
      const packet = this.#sent.get(sequence);
      if (!packet) continue;
      this.#sent.delete(sequence);
      results.push({ sequence, ...packet, arrivedAtMs: referenceMs + ticks * ARRIVAL_TICK_MS });
    }
    lose(packetCount);
    this.#followsGap = base > this.#highestReported + 1 && this.#highestReported >= 0;
    this.#noteReported(Math.min(base + packetCount - 1, this.#last));
    return results;
  }

  #noteReported(highest: number): void {
    if (highest <= this.#highestReported) return;
    this.#highestReported = highest;
    this.#outstandingBytes = 0;
    for (let sequence = highest + 1; sequence <= (this.#last ?? 0); sequence += 1) {
      this.#outstandingBytes += this.#sent.get(sequence)?.byteLength ?? 0;
    }
  }

  #unwrapReference(referenceTime: number): number {
    const distance = ((referenceTime - (this.#lastReference ?? referenceTime)) << 8) >> 8; // 24 bits, signed.
    this.#lastReference = referenceTime;
    this.#referenceMs += distance * REFERENCE_UNIT_MS;
    return this.#referenceMs;
  }
}
