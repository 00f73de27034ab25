/** Most packets kept, a power of two: four seconds at 2.5 Mbit/s. */
const CAPACITY = 1024;
const SLOT_MASK = CAPACITY - 1;
/** Bounds what a peer can make us send by asking on and on. */
const MAX_RESENDS = 10;

export interface SentPacketHistoryOptions {
  /** How long a packet is kept, in milliseconds. @default 1500 */
  readonly maxAgeMs?: number;
}

interface SentPacket {
  readonly bytes: Uint8Array;
  readonly sequenceNumber: number;
  readonly sentAtMs: number;
  resentAtMs: number;
  resendCount: number;
}

/**
 * Remembers what was sent, to answer requests for lost packets (RFC 4585 §6.2.1). Bounded by 1024 packets and by age,
 * oldest leaving first. A packet asked for twice within a round trip is given once, and at most ten times in all.
 */
export class SentPacketHistory {
  readonly #slots = Array.from<SentPacket | undefined>({ length: CAPACITY });
  readonly #maxAgeMs: number;
  /** Sequence number of the oldest packet that may still be there. */
  #oldest: number | undefined;
  #newest: Uint8Array | undefined;

  constructor({ maxAgeMs = 1500 }: SentPacketHistoryOptions = {}) {
    this.#maxAgeMs = maxAgeMs;
  }

  /** Keeps a packet; sequence numbers are handed in one after the other, without gaps. */
  add(bytes: Uint8Array, { sequenceNumber, nowMs }: { sequenceNumber: number; nowMs: number }): void {
    this.#slots[sequenceNumber & SLOT_MASK] = {
      bytes,
      sequenceNumber,
      sentAtMs: nowMs,
      resentAtMs: -Infinity,
      resendCount: 0,
    };
    this.#newest = bytes;
    this.#oldest ??= sequenceNumber;
    this.#evict(sequenceNumber, nowMs);
  }

  /** The packet to send again, or `undefined` when it is gone or was sent again only just now. */
  takeForResend(
    sequenceNumber: number,
    { nowMs, roundTripMs }: { nowMs: number; roundTripMs: number },
  ): Uint8Array | undefined {
    const packet = this.#slots[sequenceNumber & SLOT_MASK];
    if (packet?.sequenceNumber !== sequenceNumber) return undefined;
    if (nowMs - packet.sentAtMs > this.#maxAgeMs || packet.resendCount >= MAX_RESENDS) return undefined;
    if (nowMs - packet.resentAtMs < roundTripMs) return undefined;
    packet.resentAtMs = nowMs;
    packet.resendCount += 1;
    return packet.bytes;
  }

  /** Whether a packet has been sent again before, and is asked for once more. */
  wasResent(sequenceNumber: number): boolean {
    const packet = this.#slots[sequenceNumber & SLOT_MASK];
    return packet?.sequenceNumber === sequenceNumber && packet.resendCount > 0;
  }

  /** Forgets everything but the newest packet's bytes. */
  clear(): void {
    this.#slots.fill(undefined);
    this.#oldest = undefined;
  }

  /** The newest packet, whatever has become of it. */
  get newest(): Uint8Array | undefined {
    return this.#newest;
  }

  /** Lets go of packets that nobody can ask for any more, so that their memory is freed. */
  #evict(newest: number, nowMs: number): void {
    while (this.#oldest !== undefined && this.#oldest !== newest) {
      const packet = this.#slots[this.#oldest & SLOT_MASK];
      const current = packet?.sequenceNumber === this.#oldest;
      if (current && nowMs - packet.sentAtMs <= this.#maxAgeMs) return;
      if (current) this.#slots[this.#oldest & SLOT_MASK] = undefined;
      this.#oldest = (this.#oldest + 1) & 0xffff;
    }
  }
}
