import { sleepBy } from "./sleep-by.ts";

/** Time as an argument: protocol code takes one of these instead of reading the time itself. */
export interface Clock {
  /** Milliseconds on a clock that never jumps back; its zero is arbitrary. */
  nowMs(): number;
  /** How long this thread has waited for something to do since it began, in milliseconds. Absent where nobody knows. */
  idleMs?(): number;
  /** Milliseconds since the Unix epoch. */
  wallMs(): number;
  /** Resolves after `ms`. Rejects with `signal.reason` once `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `ms`; the function returned cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** The part of a clock that browsers need. */
export type Timer = Pick<Clock, "nowMs" | "after">;

/** The longest wait that a timer of JavaScript knows, 24.8 days; one that is longer rings at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock, as far as browsers need it. */
export const systemTimer: Timer = { nowMs, after };

/** The machine's clock: the one place of this package that reads it. */
export const systemClock: Clock = {
  nowMs,
  idleMs: () => (performance as NodePerformance).eventLoopUtilization?.().idle ?? 0, // Browsers do not tell.
  wallMs: () => Date.now(),
  sleep: (ms, signal) => sleepBy(after, ms, signal),
  after,
};

function nowMs(): number {
  return performance.now();
}

function after(ms: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number): void => {
    timer =
      leftMs > MAX_TIMER_MS
        ? setTimeout(() => wait(leftMs - MAX_TIMER_MS), MAX_TIMER_MS)
        : setTimeout(callback, leftMs);
  };
  wait(ms);
  return () => clearTimeout(timer);
}

/** This file serves the client as well, whose types know no Node. */
type NodePerformance = { readonly eventLoopUtilization?: () => { readonly idle: number } };
