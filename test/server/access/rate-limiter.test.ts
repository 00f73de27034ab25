import { expect, test } from "vitest";
import { RateLimiter } from "../../../src/server/access/rate-limiter.ts";
import { ManualClock } from "../../support/manual-clock.ts";

test("lets a burst through, then as many as come in the long run, and says how long to wait", () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ burst: 3, perSecond: 0.5 }, clock);
  expect([1, 2, 3, 4].map(() => limiter.take("one"))).toEqual([0, 0, 0, 2]);
  clock.advance(1000);
  expect(limiter.take("one")).toBe(1);
  clock.advance(1000);
  expect([limiter.take("one"), limiter.take("one")]).toEqual([0, 2]);
  clock.advance(3_600_000);
  expect([1, 2, 3, 4].map(() => limiter.take("one"))).toEqual([0, 0, 0, 2]);
});

test("who asks too often does not take from others", () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 1 }, new ManualClock());
  expect([limiter.take("one"), limiter.take("one"), limiter.take("two")]).toEqual([0, 1, 0]);
});

test("its memory is bounded: of 100,000 names the 20,000 that asked last are remembered", () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 0.001 }, new ManualClock());
  for (let name = 0; name < 100_000; name += 1) limiter.take(String(name));
  expect(limiter.size).toBe(20_000);
  expect([limiter.take("99999"), limiter.take("1")]).toEqual([1000, 0]);
});
