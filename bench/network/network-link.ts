import { DEFAULT_QUEUE_MS, HEADER_BYTES, type NetworkConditions } from "./network-conditions.ts";

interface Waiting<Packet> {
  readonly packet: Packet;
  readonly bits: number;
  readonly arrivedMs: number;
}

/** A packet that has come through, and when it was to. */
export interface Delivered<Packet> {
  readonly packet: Packet;
  readonly dueMs: number;
  /** How long it stood in the queue before the bottleneck, in milliseconds. */
  readonly queuedMs: number;
}

/** What became of the packets so far. */
export interface LinkCounts {
  readonly delivered: number;
  /** Bytes that passed the bottleneck, headers and those lost afterwards included. */
  readonly passedBytes: number;
  /** Lost on the line. */
  readonly lost: number;
  /** The queue before the bottleneck was full. */
  readonly dropped: number;
}

/**
 * One direction of a bad network: a queue, a bottleneck, and a line that takes its time and loses packets. It has no clock and no
 * timer of its own: `nextMs` says when `take` has something to give. Conditions may change while packets wait.
 */
export class NetworkLink<Packet> {
  #conditions: NetworkConditions;
  readonly #random: () => number;
  readonly #waiting: Waiting<Packet>[] = [];
  readonly #onLine: Delivered<Packet>[] = [];
  #waitingBits = 0;
  #freeAtMs = 0;
  #lastDueMs = 0;
  readonly #counts = { delivered: 0, passedBytes: 0, lost: 0, dropped: 0 };

  /** @param random evenly spread from 0 to 1: a seeded one makes the network repeatable */
  constructor(conditions: NetworkConditions, random: () => number) {
    this.#conditions = conditions;
    this.#random = random;
  }

  get counts(): LinkCounts {
    return { ...this.#counts };
  }

  /** How long the packets that wait now will take to pass, in milliseconds. */
  get queueMs(): number {
    const { rateBps } = this.#conditions;
    return rateBps === undefined ? 0 : (this.#waitingBits / rateBps) * 1000;
  }

  /** When `take` is to be called, or `undefined` while nothing is on its way. */
  get nextMs(): number | undefined {
    const [head] = this.#waiting;
    const nextMs = Math.min(this.#onLine[0]?.dueMs ?? Infinity, head ? this.#passedMs(head) : Infinity);
    return nextMs === Infinity ? undefined : nextMs;
  }

  /** Changes the network from `nowMs` on, for the packets that wait as well. */
  change(conditions: NetworkConditions, nowMs: number): void {
    this.#pass(nowMs);
    this.#conditions = conditions;
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs);
  }

  /** Sends a packet on its way. Times must not go back. */
  send(packet: Packet, byteLength: number, nowMs: number): void {
    this.#pass(nowMs);
    if (this.queueMs > (this.#conditions.queueMs ?? DEFAULT_QUEUE_MS)) {
      this.#counts.dropped += 1;
      return;
    }
    const bits = (byteLength + HEADER_BYTES) * 8;
    this.#waiting.push({ packet, bits, arrivedMs: nowMs });
    this.#waitingBits += bits;
    this.#pass(nowMs);
  }

  /** The packets that have come through, in their order. */
  take(nowMs: number): Delivered<Packet>[] {
    this.#pass(nowMs);
    const count = this.#onLine.findIndex(({ dueMs }) => dueMs > nowMs);
    return this.#onLine.splice(0, count < 0 ? this.#onLine.length : count);
  }

  /** Lets packets through the bottleneck onto the line. */
  #pass(nowMs: number): void {
    for (let head = this.#waiting[0]; head; head = this.#waiting[0]) {
      const passedMs = this.#passedMs(head);
      if (passedMs > nowMs) return;
      this.#waiting.shift();
      this.#waitingBits -= head.bits;
      this.#freeAtMs = passedMs;
      this.#putOnLine(head, passedMs);
    }
  }

  #putOnLine({ packet, bits, arrivedMs }: Waiting<Packet>, passedMs: number): void {
    const { delayMs = 0, jitterMs = 0, loss = 0 } = this.#conditions;
    this.#counts.passedBytes += bits / 8;
    if (loss > 0 && this.#random() < loss) {
      this.#counts.lost += 1;
      return;
    }
    const lateMs = jitterMs > 0 ? this.#random() * jitterMs : 0;
    const dueMs = Math.max(this.#lastDueMs, passedMs + delayMs + lateMs);
    this.#lastDueMs = dueMs;
    this.#counts.delivered += 1;
    const queuedMs = Math.max(0, passedMs - arrivedMs - this.#serviceMs(bits));
    this.#onLine.push({ packet, dueMs, queuedMs });
  }

  #passedMs({ arrivedMs, bits }: Waiting<Packet>): number {
    return Math.max(this.#freeAtMs, arrivedMs) + this.#serviceMs(bits);
  }

  #serviceMs(bits: number): number {
    const { rateBps } = this.#conditions;
    return rateBps === undefined ? 0 : (bits / rateBps) * 1000;
  }
}
