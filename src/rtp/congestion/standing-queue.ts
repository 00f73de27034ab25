import type { ArrivedPacket } from "./packet-result.ts";

/** The shortest delay of the last so many spans of this length counts as that of an empty path. */
const SPAN_MS = 2000;
const SPANS = 5;
/** So many packets have to be delayed at least for a queue to stand. */
const MIN_PACKETS = 3;
/** Over less than this time no rate is measured: one packet that comes late would change it too much. */
const MIN_SPAN_MS = 80;
/** Nor over much more than this: before, the path may have been faster. */
const MAX_SPAN_MS = 120;
/** How far back arrivals are kept, and how many. */
const KEPT_MS = 500;
const MAX_KEPT = 1024;

interface Arrival {
  readonly sentAtMs: number;
  readonly arrivedAtMs: number;
  readonly delayMs: number;
  readonly byteLength: number;
  readonly followsGap: boolean;
}

/**
 * How long the queue is that stands on the path and does not empty between two pictures: by how much even the quickest of the last
 * packets was slower than the quickest of the last ten seconds. While one stands the path is full, so what
 * arrives is what it bears. Beside the slope of the delays this tells a picture that leaves faster than the path takes it from one
 * that the path cannot take (BBR, draft-ietf-ccwg-bbr, looks at paths in the same way).
 */
export class StandingQueue {
  readonly #arrivals: Arrival[] = [];
  /** The shortest delay of each span, the newest last. The clocks of both ends differ, so only differences mean anything. */
  readonly #shortestMs: number[] = [];
  #spanEndMs = -Infinity;

  /** Takes packets in the order of their arrival. @param followsGap Whether it is not known what arrived just before. */
  add({ sentAtMs, arrivedAtMs, byteLength }: ArrivedPacket, followsGap = false): void {
    const delayMs = arrivedAtMs - sentAtMs;
    if (arrivedAtMs >= this.#spanEndMs) {
      this.#spanEndMs = arrivedAtMs + SPAN_MS;
      this.#shortestMs.push(delayMs);
      if (this.#shortestMs.length > SPANS) this.#shortestMs.shift();
    }
    const last = this.#shortestMs.length - 1;
    this.#shortestMs[last] = Math.min(this.#shortestMs[last] ?? delayMs, delayMs);
    this.#arrivals.push({ sentAtMs, arrivedAtMs, delayMs, byteLength, followsGap });
    const tooOld = (arrival: Arrival | undefined): boolean =>
      arrival !== undefined && (arrivedAtMs - arrival.arrivedAtMs > KEPT_MS || this.#arrivals.length > MAX_KEPT);
    while (tooOld(this.#arrivals[0])) this.#arrivals.shift();
  }

  /** Forgets everything: the path is another one. */
  reset(): void {
    this.#arrivals.length = 0;
    this.#shortestMs.length = 0;
    this.#spanEndMs = -Infinity;
  }

  /**
   * In milliseconds, by the packets that arrived within the last `windowMs` and were sent after a time; 0 while too few have to
   * tell.
   */
  depthMs({ windowMs, sentAfterMs }: { windowMs: number; sentAfterMs: number }): number {
    const newestMs = this.#arrivals.at(-1)?.arrivedAtMs ?? 0;
    let shortestMs = Infinity;
    let packets = 0;
    for (let index = this.#arrivals.length - 1; index >= 0; index -= 1) {
      const arrival = this.#arrivals[index];
      if (!arrival || (packets >= MIN_PACKETS && newestMs - arrival.arrivedAtMs > windowMs)) break;
      if (arrival.sentAtMs <= sentAfterMs) break;
      shortestMs = Math.min(shortestMs, arrival.delayMs);
      packets += 1;
    }
    return packets < MIN_PACKETS ? 0 : Math.max(0, shortestMs - this.#emptyMs);
  }

  /** How much arrived per second since when the queue was last shorter than this; `undefined` when it is now, or was just before. */
  throughputBps(depthMs: number): number | undefined {
    const emptyMs = this.#emptyMs;
    const slowMs = emptyMs + depthMs;
    let bytes = 0;
    let spanMs = 0;
    let later: Arrival | undefined;
    for (let index = this.#arrivals.length - 1; index >= 0; index -= 1) {
      const arrival = this.#arrivals[index];
      if (!arrival || arrival.delayMs < slowMs || spanMs >= MAX_SPAN_MS) break;
      const isBackToBack = later !== undefined && later.sentAtMs + emptyMs < arrival.arrivedAtMs;
      if (later && isBackToBack && !later.followsGap) {
        bytes += later.byteLength;
        spanMs += later.arrivedAtMs - arrival.arrivedAtMs;
      }
      later = arrival;
    }
    return spanMs >= MIN_SPAN_MS ? (bytes * 8000) / spanMs : undefined;
  }

  get #emptyMs(): number {
    return Math.min(...this.#shortestMs);
  }
}
