import { SeededRandom } from "../rtp/support/seeded-random.ts";
import type { LinkChange, LinkConditions } from "./link-conditions.ts";
import { LossProcess } from "./loss-process.ts";

const DEFAULT_QUEUE = { type: "time", ms: 300 } as const;
const DEFAULT_OVERHEAD_BYTES = 38;

export interface LinkModelOptions extends LinkConditions {
  /** The same seed makes the same network. */
  readonly seed: number;
  /** What becomes of the conditions later, in the order of time. */
  readonly changes?: readonly LinkChange[];
}

/** What becomes of one packet. */
export type PacketFate =
  /** It arrives at these times: at one, or at two when it is duplicated. */
  | (PassedBottleneck & { readonly type: "delivered"; readonly arrivalsMs: readonly number[] })
  /** On the line: it took its turn at the bottleneck all the same. */
  | (PassedBottleneck & { readonly type: "lost" })
  /** The queue was full. */
  | { readonly type: "dropped" };

interface PassedBottleneck {
  /** How long it waited for the bottleneck. */
  readonly queuedMs: number;
  /** When its last bit had passed it. */
  readonly passedMs: number;
  /** What it weighs there, overhead included. */
  readonly wireBytes: number;
}

interface Phase extends LinkConditions {
  readonly fromMs: number;
}

/**
 * One direction of a network, as a function of packets and time: says when each packet arrives, if it does. It knows
 * every change of conditions beforehand, so that what waits when the rate changes leaves at the new rate.
 */
export class LinkModel {
  readonly #random: SeededRandom;
  readonly #losses: LossProcess;
  readonly #phases: readonly Phase[];
  /** Packets that wait or are on their way through the bottleneck, and when they will have passed it. */
  readonly #queue: { readonly passedMs: number; readonly bytes: number }[] = [];
  #queuedBytes = 0;
  #freeAtMs = 0;
  #lastArrivalMs = 0;

  constructor({ seed, changes = [], ...first }: LinkModelOptions) {
    this.#random = new SeededRandom(seed);
    this.#losses = new LossProcess(this.#random);
    let current: Phase = { ...first, fromMs: 0 };
    this.#phases = [
      current,
      ...changes.map(({ atMs, ...change }) => (current = { ...current, ...change, fromMs: atMs })),
    ];
  }

  /** The conditions at a time. */
  conditionsAt(nowMs: number): LinkConditions {
    return this.#phaseAt(nowMs);
  }

  /** How long a packet that comes now would wait, in milliseconds. */
  queueMsAt(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs);
  }

  /** Takes a packet. Times must not go back. */
  transmit(byteLength: number, nowMs: number): PacketFate {
    const conditions = this.#phaseAt(nowMs);
    const {
      delayMs = 0,
      jitterMs = 0,
      reordering,
      duplication = 0,
      overheadBytes = DEFAULT_OVERHEAD_BYTES,
    } = conditions;
    const bytes = byteLength + overheadBytes;
    const queuedMs = this.queueMsAt(nowMs);
    if (this.#isFull(conditions, bytes, nowMs)) return { type: "dropped" };
    const passedMs = this.#passTime(bytes, Math.max(nowMs, this.#freeAtMs));
    this.#freeAtMs = passedMs;
    this.#queue.push({ passedMs, bytes });
    this.#queuedBytes += bytes;
    const passed: PassedBottleneck = { queuedMs, passedMs, wireBytes: bytes };
    if (this.#losses.takesNext(conditions.loss)) return { type: "lost", ...passed };

    const travelledMs = passedMs + delayMs + this.#random.next() * jitterMs;
    if (reordering && this.#random.chance(reordering.probability)) {
      return { type: "delivered", arrivalsMs: [travelledMs + reordering.byMs], ...passed };
    }
    const arrivalMs = Math.max(travelledMs, this.#lastArrivalMs);
    this.#lastArrivalMs = arrivalMs;
    const arrivalsMs = duplication > 0 && this.#random.chance(duplication) ? [arrivalMs, arrivalMs] : [arrivalMs];
    return { type: "delivered", arrivalsMs, ...passed };
  }

  #phaseAt(nowMs: number): Phase {
    return this.#phases.findLast(({ fromMs }) => fromMs <= nowMs) ?? { fromMs: 0 };
  }

  #isFull({ queue = DEFAULT_QUEUE, rateBps = Infinity }: LinkConditions, bytes: number, nowMs: number): boolean {
    for (let head = this.#queue[0]; head && head.passedMs <= nowMs; head = this.#queue[0]) {
      this.#queue.shift();
      this.#queuedBytes -= head.bytes;
    }
    if (rateBps === Infinity && this.#queue.length === 0) return false;
    return queue.type === "bytes" ? this.#queuedBytes + bytes > queue.bytes : this.#freeAtMs - nowMs > queue.ms;
  }

  /** When the last bit of a packet has passed the bottleneck that begins with it at `fromMs`. */
  #passTime(bytes: number, fromMs: number): number {
    let leftBits = bytes * 8;
    let atMs = fromMs;
    for (const [index, phase] of this.#phases.entries()) {
      const endMs = this.#phases[index + 1]?.fromMs ?? Infinity;
      if (endMs <= atMs) continue;
      const bitsPerMs = (phase.rateBps ?? Infinity) / 1000;
      const neededMs = leftBits / bitsPerMs;
      if (atMs + neededMs <= endMs) return atMs + neededMs;
      leftBits -= (endMs - atMs) * bitsPerMs;
      atMs = endMs;
    }
    return Infinity;
  }
}
