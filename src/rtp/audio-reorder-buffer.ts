import type { RtpPacket } from "./packet.ts";

/** The shortest and the longest time that a missing packet is waited for, in milliseconds, and the first guess. */
const MIN_WAIT_MS = 20;
const MAX_WAIT_MS = 100;
const FIRST_WAIT_MS = 40;
/** How much longer than the latest packet so far is waited. */
const MARGIN = 1.25;
/** Each time that waiting was in vain, it becomes this much shorter. */
const DECAY = 0.9;
/** How many packets are held at most; when more come, what is missing is given up. A second of 20 ms packets. */
const MAX_HELD = 50;
/** How long a packet that was given up is remembered, to learn from its lateness, in milliseconds. */
const REMEMBERED_MS = 1000;

/** A packet in its place, and how many before it never came. */
export interface OrderedPacket {
  readonly packet: RtpPacket;
  readonly missingCount: number;
}

const NOTHING: readonly OrderedPacket[] = Object.freeze([]);

/**
 * Puts packets in order. Those that come in order pass at once; only behind a gap are they held, until the missing one
 * comes or was waited for long enough. How long that is follows from what is seen: packets that overtake each other
 * make it longer, up to 100 ms, packets that never come shorter, down to 20 ms.
 */
export class AudioReorderBuffer {
  /** What came too early, by sequence number. */
  readonly #held = new Map<number, RtpPacket>();
  #nextSequence: number | undefined;
  #waitMs = FIRST_WAIT_MS;
  /** Since when the packet with `#nextSequence` is missed. */
  #missedSinceMs: number | undefined;
  /** The end of the last gap that was given up, and since when its packets were missed. */
  #givenUp: { readonly endSequence: number; readonly missedSinceMs: number } | undefined;

  /** When to call `handleTimer`; `undefined` while nothing is held. */
  get nextTimerMs(): number | undefined {
    return this.#missedSinceMs === undefined ? undefined : this.#missedSinceMs + this.#waitMs;
  }

  /** How long a missing packet is waited for at present, in milliseconds. */
  get waitMs(): number {
    return this.#waitMs;
  }

  /** Takes a packet with its unwrapped sequence number; returns those whose turn it is. Late ones and repeated ones are dropped. */
  insert(packet: RtpPacket, { sequence, nowMs }: { sequence: number; nowMs: number }): readonly OrderedPacket[] {
    this.#nextSequence ??= sequence;
    if (sequence < this.#nextSequence) {
      this.#learnFrom(sequence, nowMs);
      return NOTHING;
    }
    if (sequence > this.#nextSequence) {
      this.#held.set(sequence, packet);
      this.#missedSinceMs ??= nowMs;
      return this.#held.size > MAX_HELD ? this.#giveUp(nowMs) : NOTHING;
    }
    if (this.#missedSinceMs !== undefined) this.#waitAtLeast(nowMs - this.#missedSinceMs);
    const ready: OrderedPacket[] = [{ packet, missingCount: 0 }];
    this.#nextSequence += 1;
    if (this.#held.size > 0) this.#takeFollowing(ready, nowMs);
    return ready;
  }

  /** The packets behind a gap that has been waited for long enough. */
  handleTimer(nowMs: number): readonly OrderedPacket[] {
    const { nextTimerMs } = this;
    return nextTimerMs === undefined || nowMs < nextTimerMs ? NOTHING : this.#giveUp(nowMs);
  }

  /** Forgets the order: the next packet is the first one. What has been learnt of the network stays. */
  reset(): void {
    this.#held.clear();
    this.#nextSequence = undefined;
    this.#missedSinceMs = undefined;
    this.#givenUp = undefined;
  }

  #giveUp(nowMs: number): readonly OrderedPacket[] {
    const expected = this.#nextSequence ?? 0;
    const found = Math.min(...this.#held.keys());
    const packet = this.#held.get(found);
    if (!packet) return NOTHING;
    this.#held.delete(found);
    this.#givenUp = { endSequence: found, missedSinceMs: this.#missedSinceMs ?? nowMs };
    this.#waitMs = Math.max(MIN_WAIT_MS, this.#waitMs * DECAY);
    this.#nextSequence = found + 1;
    const ready: OrderedPacket[] = [{ packet, missingCount: found - expected }];
    this.#takeFollowing(ready, nowMs);
    return ready;
  }

  #takeFollowing(ready: OrderedPacket[], nowMs: number): void {
    for (;;) {
      const sequence = this.#nextSequence ?? 0;
      const packet = this.#held.get(sequence);
      if (!packet) break;
      this.#held.delete(sequence);
      ready.push({ packet, missingCount: 0 });
      this.#nextSequence = sequence + 1;
    }
    this.#missedSinceMs = this.#held.size > 0 ? nowMs : undefined;
  }

  /** A packet that comes after it was given up: the next one of its kind shall be waited for. */
  #learnFrom(sequence: number, nowMs: number): void {
    if (!this.#givenUp || sequence >= this.#givenUp.endSequence) return;
    const lateMs = nowMs - this.#givenUp.missedSinceMs;
    if (lateMs <= REMEMBERED_MS) this.#waitAtLeast(lateMs);
  }

  #waitAtLeast(lateMs: number): void {
    this.#waitMs = Math.min(MAX_WAIT_MS, Math.max(this.#waitMs, lateMs * MARGIN));
  }
}
