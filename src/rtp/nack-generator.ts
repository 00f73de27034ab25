import { wrapSequence } from "./sequence.ts";

/** Most packets missing at once; when more are, asking for them all would only add to the congestion. */
const MAX_MISSING = 500;
/** How often a packet is asked for at most, copies of requests not counted. */
const MAX_ROUNDS = 10;
/** An answer may take this much longer than the round trip, in milliseconds, and a round lasts at least so long. */
const ROUND_MARGIN_MS = 10;
const MIN_ROUND_MS = 20;
/** How long after a request its copy follows, in milliseconds, and from which round-trip time on. */
const COPY_DELAY_MS = 20;
const COPY_FROM_ROUND_TRIP_MS = 60;
/** How much one answer moves the estimate of how long answers take. */
const FASTER_ANSWER_WEIGHT = 0.5;
const SLOWER_ANSWER_WEIGHT = 0.1;

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
  firstRequestMs: number;
  /** When its present round began, and whether that round's copy is still to come. */
  roundBeganMs: number;
  roundCount: number;
  copyIsDue: boolean;
}

/**
 * Decides which packets to ask for again and when (RFC 4585 §6.2.1): first after a short delay in which reordered
 * packets may still come, then once per round trip, since an answer cannot be there earlier. Where a round is long, each request is said
 * twice: senders answer once per round trip whatever they are asked, so a copy costs twenty bytes, and at a loss of 5 % it
 * makes the rounds that fail half as many. A packet is given up after ten rounds or `maxAgeMs`; when more than 500 are
 * missing, all are.
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
  #repairedCount = 0;
  #answerMs: number | undefined;

  constructor({ reorderDelayMs = 5, maxAgeMs = 1000, roundTripMs = 100 }: NackGeneratorOptions = {}) {
    this.#reorderDelayMs = reorderDelayMs;
    this.#maxAgeMs = maxAgeMs;
    this.#roundTripMs = roundTripMs;
  }

  /** How many packets are missing and still hoped for. */
  get missingCount(): number {
    return this.#missing.size;
  }

  /**
   * How long after the first request a packet usually comes, in milliseconds: stands in for the round-trip time where nothing is sent whose
   * reports would measure it. `undefined` before the first answer.
   */
  get answerMs(): number | undefined {
    return this.#answerMs;
  }

  /** How many packets came after they had been asked for. */
  get repairedCount(): number {
    return this.#repairedCount;
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
      if (this.#missing.size > 0) this.#found(sequence, nowMs);
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
      this.#missing.set(missing, {
        noticedAtMs: nowMs,
        nextRequestMs,
        firstRequestMs: nextRequestMs,
        roundBeganMs: nextRequestMs,
        roundCount: 0,
        copyIsDue: false,
      });
    }
  }

  /** The 16-bit sequence numbers to ask for now, oldest first. */
  takeRequests(nowMs: number): number[] {
    if (this.#missing.size === 0 || nowMs < this.#nextRequestMs) return [];
    const requests: number[] = [];
    this.#nextRequestMs = Infinity;
    for (const [sequence, packet] of this.#missing) {
      if (packet.nextRequestMs <= nowMs) {
        const isLastRoundOver = packet.roundCount >= MAX_ROUNDS && !packet.copyIsDue;
        if (isLastRoundOver || nowMs - packet.noticedAtMs >= this.#maxAgeMs) {
          this.#missing.delete(sequence);
          this.#givenUp = true;
          continue;
        }
        requests.push(wrapSequence(sequence));
        this.#scheduleNext(packet, nowMs);
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

  #scheduleNext(packet: MissingPacket, nowMs: number): void {
    if (packet.copyIsDue) packet.copyIsDue = false;
    else {
      if (packet.roundCount === 0) packet.firstRequestMs = nowMs;
      packet.roundBeganMs = nowMs;
      packet.roundCount += 1;
      packet.copyIsDue = this.#roundTripMs >= COPY_FROM_ROUND_TRIP_MS;
    }
    const roundEndMs = packet.roundBeganMs + Math.max(MIN_ROUND_MS, this.#roundTripMs + ROUND_MARGIN_MS);
    packet.nextRequestMs = packet.copyIsDue ? nowMs + COPY_DELAY_MS : Math.max(roundEndMs, nowMs + 1);
  }

  #found(sequence: number, nowMs: number): void {
    const packet = this.#missing.get(sequence);
    if (!packet) return;
    this.#missing.delete(sequence);
    if (packet.roundCount === 0) return;
    this.#repairedCount += 1;
    const tookMs = nowMs - packet.firstRequestMs;
    const answerMs = this.#answerMs ?? tookMs;
    // Requests and answers get lost too: shorter times tell more than longer ones.
    this.#answerMs = answerMs + (tookMs - answerMs) * (tookMs < answerMs ? FASTER_ANSWER_WEIGHT : SLOWER_ANSWER_WEIGHT);
  }
}
