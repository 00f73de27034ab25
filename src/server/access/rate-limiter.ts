import type { Clock } from "../../async/clock.ts";

/** How often someone may ask: a bucket of `burst` tokens that fills with `perSecond` of them, and each request takes one. */
export interface RateLimit {
  /** How many requests may come at once. At least 1. */
  burst: number;
  /** How many may come each second in the long run. Above 0. */
  perSecond: number;
}

/** How many are told apart at once; beyond it the one that has asked least recently is forgotten. */
const MAX_BUCKETS = 20_000;

/** Limits how often each of many may ask (token buckets). */
export class RateLimiter {
  readonly #limit: Readonly<RateLimit>;
  readonly #clock: Clock;
  /** In the order in which they were last used. */
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(limit: Readonly<RateLimit>, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** How many are told apart just now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Lets `name` ask, with 0, or says how many seconds it has to wait. */
  take(name: string): number {
    const { burst, perSecond } = this.#limit;
    const nowMs = this.#clock.nowMs();
    const known = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, known.tokens + ((nowMs - known.atMs) / 1000) * perSecond);
    const isAllowed = tokens >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_BUCKETS && oldest !== undefined) this.#buckets.delete(oldest);
    return isAllowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  }
}
