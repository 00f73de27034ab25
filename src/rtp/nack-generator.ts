import { wrapSequence } from "./sequence.ts";

/** Most packets missing at once; when more are, asking for them all would only add to the congestion. */
const MAX_MISSING = 500;
const MAX_REQUESTS = 10;

export interface NackGeneratorOptions {
  /** How long a packet may come out of order before it is asked for, in milliseconds. @default 5 */
  readonly reorderDelayMs?: number;
  /** How long a packet is asked for before it is given up, in milliseconds. @default 1000 */
  readonly maxAgeMs?: number;
  /** The round-trip time to begin with, in milliseconds. @default 100 */
  readonly roundTripMs?: number;
}

interface MissingPacket {
  readonly noticedAtMs: number;
  nextRequestMs: number;
  requestCount: number;
}

/**
 * Decides which packets to ask for again and when (RFC 4585 §6.2.1): first after a short delay in which reordered
 * packets may still come, then once per round trip and not more often, since an answer cannot be there earlier. A
 * packet is given up after ten requests or `maxAgeMs`; when more than 500 are missing, all are.
 */
export class NackGenerator {
  /** Keyed by unwrapped sequence number, in rising order. */
  readonly #missing = new Map<number, MissingPacket>();
  readonly #reorderDelayMs: number;
  readonly #maxAgeMs: number;
  #roundTripMs: number;
  #highest: number | undefined;
  #nextRequestMs = Infinity;
  #givenUp = false;

  constructor({ reorderDelayMs = 5, maxAgeMs = 1000, roundTripMs = 100 }: NackGeneratorOptions = {}) {
    this.#reorderDelayMs = reorderDelayMs;
    this.#maxAgeMs = maxAgeMs;
    this.#roundTripMs = roundTripMs;
  }

  /** How many packets are missing and still hoped for. */
  get missingCount(): number {
    return this.#missing.size;
  }

  /** When `takeRequests` has something to return, or `undefined` while nothing is missing. */
  get nextTimerMs(): number | undefined {
    return this.#missing.size > 0 ? this.#nextRequestMs : undefined;
  }

  setRoundTripMs(roundTripMs: number): void {
    this.#roundTripMs = roundTripMs;
  }

  /** Notes that a packet came, a retransmitted one too. @param sequence Unwrapped. */
  handlePacket(sequence: number, nowMs: number): void {
    if (this.#highest === undefined) {
      this.#highest = sequence;
      return;
    }
    if (sequence <= this.#highest) {
      if (this.#missing.size > 0) this.#missing.delete(sequence);
      return;
    }
    const firstMissing = this.#highest + 1;
    this.#highest = sequence;
    if (sequence === firstMissing) return;
    if (this.#missing.size + (sequence - firstMissing) > MAX_MISSING) {
      this.#missing.clear();
      this.#givenUp = true;
      return;
    }
    const nextRequestMs = nowMs + this.#reorderDelayMs;
    this.#nextRequestMs = this.#missing.size > 0 ? Math.min(this.#nextRequestMs, nextRequestMs) : nextRequestMs;
    for (let missing = firstMissing; missing < sequence; missing += 1) {
      this.#missing.set(missing, { noticedAtMs: nowMs, nextRequestMs, requestCount: 0 });
    }
  }

  /** The 16-bit sequence numbers to ask for now, oldest first. */
  takeRequests(nowMs: number): number[] {
    if (this.#missing.size === 0 || nowMs < this.#nextRequestMs) return [];
    const requests: number[] = [];
    const retryMs = Math.max(20, this.#roundTripMs + 10);
    this.#nextRequestMs = Infinity;
    for (const [sequence, packet] of this.#missing) {
      if (packet.nextRequestMs <= nowMs) {
        if (packet.requestCount >= MAX_REQUESTS || nowMs - packet.noticedAtMs >= this.#maxAgeMs) {
          this.#missing.delete(sequence);
          this.#givenUp = true;
          continue;
        }
        requests.push(wrapSequence(sequence));
        packet.requestCount += 1;
        packet.nextRequestMs = nowMs + retryMs;
      }
      this.#nextRequestMs = Math.min(this.#nextRequestMs, packet.nextRequestMs);
    }
    return requests;
  }

  /** Whether a packet was given up since this was last asked: what needed it will never be whole. */
  takeGivenUp(): boolean {
    const givenUp = this.#givenUp;
    this.#givenUp = false;
    return givenUp;
  }

  /** Stops asking for packets before this one (unwrapped): nobody needs them any more. */
  forgetBefore(sequence: number): void {
    if (this.#missing.size === 0) return;
    for (const missing of this.#missing.keys()) {
      if (missing >= sequence) return;
      this.#missing.delete(missing);
    }
  }

  /** Forgets everything, as when the sender begins anew with other sequence numbers. */
  reset(): void {
    this.#missing.clear();
    this.#highest = undefined;
    this.#givenUp = false;
  }
}
