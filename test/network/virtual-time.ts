import type { Clock } from "../../src/async/clock.ts";

interface Event {
  readonly atMs: number;
  /** Breaks ties: what was asked for first happens first. */
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/**
 * A clock and the events upon it: time jumps from one event to the next, so that minutes pass in as long as their
 * events take. The same events happen in the same order in every run.
 */
export class VirtualTime implements Clock {
  /** A binary heap, the next event first. */
  readonly #events: Event[] = [];
  readonly #startWallMs: number;
  #nowMs = 0;
  #order = 0;

  constructor({ startWallMs = 1_700_000_000_000 }: { readonly startWallMs?: number } = {}) {
    this.#startWallMs = startWallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = this.after(ms, resolve);
      signal?.addEventListener(
        "abort",
        () => {
          cancel();
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  after(ms: number, callback: () => void): () => void {
    return this.at(this.#nowMs + ms, callback);
  }

  /** Calls `callback` once at that time, or at once when it has passed; the function returned cancels it. */
  at(atMs: number, callback: () => void): () => void {
    const event: Event = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, callback, cancelled: false };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Calls `callback` now and then every `intervalMs`; the function returned ends it. */
  every(intervalMs: number, callback: () => void): () => void {
    let nextMs = this.#nowMs;
    let cancel = (): void => {};
    const tick = (): void => {
      nextMs += intervalMs;
      cancel = this.at(nextMs, tick);
      callback();
    };
    cancel = this.at(nextMs, tick);
    return () => cancel();
  }

  /** Lets all happen that is due up to that time, which is then the present. */
  runUntil(untilMs: number): void {
    while (this.#step(untilMs));
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** The same, with a turn of the real event loop after each event, for code that waits for promises. */
  async runTurnsUntil(untilMs: number): Promise<void> {
    do await new Promise(setImmediate);
    while (this.#step(untilMs));
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #step(untilMs: number): boolean {
    for (;;) {
      const next = this.#events[0];
      if (!next || next.atMs > untilMs) return false;
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = next.atMs;
      next.callback();
      return true;
    }
  }

  #push(event: Event): void {
    const heap = this.#events;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!comesFirst(event, heap[parent])) break;
      heap[index] = heap[parent] as Event;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (comesFirst(heap[child + 1], heap[child])) child += 1;
      if (!comesFirst(heap[child], last)) break;
      heap[index] = heap[child] as Event;
      index = child;
    }
    heap[index] = last;
  }
}

function comesFirst(a: Event | undefined, b: Event | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
