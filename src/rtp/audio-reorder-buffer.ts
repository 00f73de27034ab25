import { Lateness } from "./lateness.ts";
import type { RtpPacket } from "./packet.ts";

/** The longest that an overtaken packet is waited for, and the first guess, in milliseconds. */
const MAX_WAIT_MS = 100;
const FIRST_WAIT_MS = 35;
/** The shortest wait for what can only be guessed otherwise. What a copy can stand in for waits as long as the network teaches, from 5 ms. */
const MIN_WAIT_MS = 20;
/** How many packets are held at most; when more come, what is missing is given up. A second of 20 ms packets. */
const MAX_HELD = 50;
/** How long a packet that was given up is remembered, to learn from its lateness, in milliseconds. */
const REMEMBERED_MS = 1000;

/** A packet in its place, how many before it never came, and how long it was held back for them. */
export interface OrderedPacket {
  readonly packet: RtpPacket;
  readonly missingCount: number;
  readonly heldMs: number;
}

export interface PacketPlace {
  /** Unwrapped. */
  readonly sequence: number;
  readonly nowMs: number;
  /** Whether the packet carries a copy of the sound of the one before it. */
  readonly carriesPrevious?: boolean;
}

interface HeldPacket {
  readonly packet: RtpPacket;
  readonly carriesPrevious: boolean;
  readonly arrivedAtMs: number;
}

const NOTHING: readonly OrderedPacket[] = Object.freeze([]);

/**
 * Puts packets in order, by their sequence numbers (RFC 3550 §5.1). Those that come in order pass at once; only behind a gap are they held, until the missing one
 * comes or was waited for long enough. How long that is follows from how late overtaken packets were so far: up to 100 ms, down to 20 ms,
 * or to 5 ms where a copy in the next packet can stand in for the missing one. `setRepairMs` makes it longer while a
 * retransmission can come.
 */
export class AudioReorderBuffer {
  /** What came too early, by sequence number. */
  readonly #held = new Map<number, HeldPacket>();
  readonly #lateness = new Lateness(FIRST_WAIT_MS);
  readonly #learnsFromGivenUp: boolean;
  #nextSequence: number | undefined;
  #repairMs = 0;
  /** Since when the packet with `#nextSequence` is missed. */
  #missedSinceMs: number | undefined;
  /** Packets that were given up, and since when they were missed: to learn from those that come after all. */
  readonly #givenUp = new Map<number, number>();

  /** @param learnsFromGivenUp Whether packets that come after they were given up say how long to wait: not where they were sent again. */
  constructor({ learnsFromGivenUp = true }: { readonly learnsFromGivenUp?: boolean } = {}) {
    this.#learnsFromGivenUp = learnsFromGivenUp;
  }

  /** When to call `handleTimer`; `undefined` while nothing is held. */
  get nextTimerMs(): number | undefined {
    return this.#missedSinceMs === undefined ? undefined : this.#missedSinceMs + this.#patienceMs();
  }

  /** How long an overtaken packet is waited for at present, in milliseconds. */
  get waitMs(): number {
    return Math.max(MIN_WAIT_MS, this.#reorderMs);
  }

  /** The next packet's sequence number, unwrapped: those before it are of no use any more. */
  get nextSequence(): number | undefined {
    return this.#nextSequence;
  }

  /** How long after it is missed a retransmitted packet can come, in milliseconds. 0: not at all. */
  setRepairMs(repairMs: number): void {
    this.#repairMs = repairMs;
  }

  /** Takes a packet; returns those whose turn it is. Late ones and repeated ones are dropped. */
  insert(packet: RtpPacket, { sequence, nowMs, carriesPrevious = false }: PacketPlace): readonly OrderedPacket[] {
    this.#nextSequence ??= sequence;
    if (sequence < this.#nextSequence) {
      this.#learnFrom(sequence, nowMs);
      return NOTHING;
    }
    if (sequence > this.#nextSequence) {
      if (!this.#held.has(sequence)) this.#held.set(sequence, { packet, carriesPrevious, arrivedAtMs: nowMs });
      this.#missedSinceMs ??= nowMs;
      return this.#held.size > MAX_HELD ? this.#giveUp(nowMs) : NOTHING;
    }
    // A retransmission is late by the round trip, which says nothing of those that were overtaken.
    if (this.#missedSinceMs !== undefined && this.#repairMs === 0) {
      this.#lateness.handleLatePacket(nowMs - this.#missedSinceMs);
    }
    const ready: OrderedPacket[] = [{ packet, missingCount: 0, heldMs: 0 }];
    this.#nextSequence += 1;
    if (this.#held.size > 0) this.#takeFollowing(ready, nowMs);
    return ready;
  }

  /** The packets behind a gap that has been waited for long enough. */
  handleTimer(nowMs: number): readonly OrderedPacket[] {
    const { nextTimerMs } = this;
    if (nextTimerMs === undefined || nowMs < nextTimerMs) return NOTHING;
    const ready: OrderedPacket[] = [];
    while ((this.nextTimerMs ?? Infinity) <= nowMs) ready.push(...this.#giveUp(nowMs));
    return ready;
  }

  /** Forgets the order: the next packet is the first one. What has been learnt of the network stays. */
  reset(): void {
    this.#held.clear();
    this.#nextSequence = undefined;
    this.#missedSinceMs = undefined;
    this.#givenUp.clear();
  }

  get #reorderMs(): number {
    return Math.min(MAX_WAIT_MS, this.#lateness.quantileMs);
  }

  #patienceMs(): number {
    const next = this.#held.get((this.#nextSequence ?? 0) + 1);
    return next?.carriesPrevious === true ? this.#reorderMs : Math.max(this.waitMs, this.#repairMs);
  }

  #giveUp(nowMs: number): readonly OrderedPacket[] {
    const expected = this.#nextSequence ?? 0;
    const found = Math.min(...this.#held.keys());
    const held = this.#held.get(found);
    if (!held) return NOTHING;
    this.#held.delete(found);
    this.#remember(expected, found, nowMs);
    this.#lateness.handleLostPacket();
    this.#nextSequence = found + 1;
    const ready = [{ packet: held.packet, missingCount: found - expected, heldMs: nowMs - held.arrivedAtMs }];
    this.#takeFollowing(ready, nowMs);
    return ready;
  }

  #takeFollowing(ready: OrderedPacket[], nowMs: number): void {
    for (;;) {
      const sequence = this.#nextSequence ?? 0;
      const held = this.#held.get(sequence);
      if (!held) break;
      this.#held.delete(sequence);
      ready.push({ packet: held.packet, missingCount: 0, heldMs: nowMs - held.arrivedAtMs });
      this.#nextSequence = sequence + 1;
    }
    this.#missedSinceMs = undefined;
    // What is missing next was missed since the first packet behind it came, not since now.
    for (const { arrivedAtMs } of this.#held.values()) {
      this.#missedSinceMs = Math.min(this.#missedSinceMs ?? Infinity, arrivedAtMs);
    }
  }

  #remember(from: number, end: number, nowMs: number): void {
    for (const [sequence, missedSinceMs] of this.#givenUp) {
      if (nowMs - missedSinceMs <= REMEMBERED_MS && this.#givenUp.size < MAX_HELD) break;
      this.#givenUp.delete(sequence);
    }
    const missedSinceMs = this.#missedSinceMs ?? nowMs;
    for (let sequence = Math.max(from, end - MAX_HELD); sequence < end; sequence += 1) {
      this.#givenUp.set(sequence, missedSinceMs);
    }
  }

  /** A packet that comes after it was given up: the next one of its kind shall be waited for. */
  #learnFrom(sequence: number, nowMs: number): void {
    const missedSinceMs = this.#givenUp.get(sequence);
    if (missedSinceMs === undefined || !this.#learnsFromGivenUp) return;
    this.#givenUp.delete(sequence);
    const lateMs = nowMs - missedSinceMs;
    if (lateMs <= REMEMBERED_MS) this.#lateness.handleLatePacket(lateMs);
  }
}
