import {
  ARRIVAL_TICK_MS,
  REFERENCE_UNIT_MS,
  type TransportArrival,
  type TransportWideFeedback,
} from "./rtcp/transport-wide-feedback.ts";
import { SequenceUnwrapper, wrapSequence } from "./sequence.ts";

const TICKS_PER_UNIT = REFERENCE_UNIT_MS / ARRIVAL_TICK_MS;
/** Between which intervals feedback leaves, in milliseconds. */
const SHORTEST_INTERVAL_MS = 50;
const LONGEST_INTERVAL_MS = 250;
/** How much of what arrives may be spent on feedback, which is taken to weigh so much with all headers. */
const FEEDBACK_SHARE = 0.05;
const FEEDBACK_BYTES = 68;
/** How long arrivals are remembered, to be told again beside one that came out of order. */
const MEMORY_MS = 500;
/** Most packets told of in one feedback packet: with two bytes each it stays below 1200 bytes. */
const MAX_PACKETS_TOLD = 450;
/** Most packets remembered; when more come than that between two feedbacks, the oldest are not told. */
const MAX_REMEMBERED = 4096;
/** A jump further than this is another numbering. */
const MAX_JUMP = 8192;
/** The longest that two arrivals told together may lie apart, in ticks. */
const MAX_DELTA_TICKS = 0x7fff;

export interface TransportFeedbackGeneratorOptions {
  readonly senderSsrc: number;
}

/**
 * Tells the peer when each of its packets arrived, and which did not, so that it can find out how much the network
 * bears (draft-holmer-rmcat-transport-wide-cc-extensions-01). Feedback leaves every 50 to 250 ms, more often the more arrives,
 * and only after something did. A packet that comes late, out of order, is told with all that came after it: the
 * peer had taken it for lost.
 */
export class TransportFeedbackGenerator {
  readonly #senderSsrc: number;
  readonly #unwrapper = new SequenceUnwrapper();
  /** When packets arrived, in milliseconds, by unwrapped number. */
  readonly #arrivals = new Map<number, number>();
  #mediaSsrc = 0;
  /** The number that the next feedback begins with. */
  #next: number | undefined;
  #highest = 0;
  #feedbackCount = 0;
  #dueMs: number | undefined;
  #lastFeedbackMs = -Infinity;
  #bytesSinceFeedback = 0;
  #intervalMs = 100;

  constructor({ senderSsrc }: TransportFeedbackGeneratorOptions) {
    this.#senderSsrc = senderSsrc;
  }

  /** When `takeFeedback` has something to say, or `undefined` while nothing new has arrived. */
  get nextTimerMs(): number | undefined {
    return this.#dueMs;
  }

  /** Notes a packet of any stream. @param transportSequence Its transport-wide number, 16 bits. */
  handlePacket(
    { transportSequence, ssrc, byteLength }: { transportSequence: number; ssrc: number; byteLength: number },
    arrivalMs: number,
  ): void {
    const sequence = this.#unwrapper.unwrap(transportSequence);
    if (this.#next !== undefined && Math.abs(sequence - this.#highest) > MAX_JUMP) {
      this.#arrivals.clear();
      this.#next = undefined;
    }
    if (this.#next === undefined) {
      this.#next = sequence;
      this.#highest = sequence;
    }
    if (this.#arrivals.has(sequence)) return;
    this.#mediaSsrc = ssrc;
    this.#bytesSinceFeedback += byteLength;
    this.#arrivals.set(sequence, arrivalMs);
    this.#highest = Math.max(this.#highest, sequence);
    this.#next = Math.min(this.#next, sequence);
    this.#dueMs ??= Math.max(arrivalMs, this.#lastFeedbackMs + this.#intervalMs);
  }

  /** The feedback that is due: none, one packet, or some when one cannot hold all. */
  takeFeedback(nowMs: number): TransportWideFeedback[] {
    if (this.#dueMs === undefined || nowMs < this.#dueMs || this.#next === undefined) return [];
    this.#adaptInterval(nowMs);
    this.#dueMs = undefined;
    this.#forget(nowMs);
    const packets: TransportWideFeedback[] = [];
    while (this.#next <= this.#highest) packets.push(this.#feedbackFrom(this.#next));
    return packets;
  }

  /** What begins at `base`, as far as one packet reaches. */
  #feedbackFrom(base: number): TransportWideFeedback {
    const arrivals: TransportArrival[] = [];
    let referenceTime = 0;
    let lastTicks = 0;
    let sequence = base;
    for (; sequence <= this.#highest && arrivals.length < MAX_PACKETS_TOLD; sequence += 1) {
      const arrivalMs = this.#arrivals.get(sequence);
      if (arrivalMs === undefined) continue;
      const absoluteTicks = Math.floor(arrivalMs / ARRIVAL_TICK_MS);
      if (arrivals.length === 0) {
        referenceTime = Math.floor(absoluteTicks / TICKS_PER_UNIT);
        lastTicks = 0;
      }
      const ticks = absoluteTicks - referenceTime * TICKS_PER_UNIT;
      if (Math.abs(ticks - lastTicks) > MAX_DELTA_TICKS) break;
      arrivals.push({ offset: sequence - base, ticks });
      lastTicks = ticks;
    }
    this.#next = sequence;
    const feedbackCount = this.#feedbackCount;
    this.#feedbackCount = (feedbackCount + 1) & 0xff;
    return {
      type: "transport-wide-feedback",
      senderSsrc: this.#senderSsrc,
      mediaSsrc: this.#mediaSsrc,
      baseSequence: wrapSequence(base),
      packetCount: sequence - base,
      referenceTime: referenceTime & 0xff_ffff,
      feedbackCount,
      arrivals,
    };
  }

  #adaptInterval(nowMs: number): void {
    const elapsedMs = nowMs - this.#lastFeedbackMs;
    if (elapsedMs < 1000) {
      const bytesPerMs = Math.max(1e-3, this.#bytesSinceFeedback / elapsedMs);
      const wantedMs = FEEDBACK_BYTES / (FEEDBACK_SHARE * bytesPerMs);
      this.#intervalMs = Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, wantedMs));
    }
    this.#lastFeedbackMs = nowMs;
    this.#bytesSinceFeedback = 0;
  }

  /** Lets go of what nobody needs to be told again, and bounds what is kept. */
  #forget(nowMs: number): void {
    for (const [sequence, arrivalMs] of this.#arrivals) {
      const told = this.#next === undefined || sequence < this.#next;
      if (told && nowMs - arrivalMs > MEMORY_MS) this.#arrivals.delete(sequence);
      else if (this.#arrivals.size <= MAX_REMEMBERED) break;
      else this.#arrivals.delete(sequence);
    }
    if (this.#next !== undefined) this.#next = Math.max(this.#next, this.#highest - MAX_JUMP);
  }
}
