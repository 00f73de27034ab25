import { describe, expect, test } from "vitest";
import { TRANSPORT_BITRATE_LIMITS } from "../../../src/rtp/bitrate-limits.ts";
import { ProbePlan } from "../../../src/rtp/congestion/probe-plan.ts";

/** When a path that has long been calm is probed, and at which rate, if each probe leaves an estimate behind. */
function probes({ isIdle, estimates, untilMs }: { isIdle: boolean; estimates: readonly number[]; untilMs: number }) {
  const plan = new ProbePlan(TRANSPORT_BITRATE_LIMITS);
  const begun: { atMs: number; bps: number }[] = [];
  for (let nowMs = 10_000; nowMs <= 10_000 + untilMs; nowMs += 100) {
    const estimateBps = estimates[Math.min(begun.length, estimates.length - 1)] ?? 0;
    const probe = plan.next({ estimateBps, isIdle, calmSinceMs: 0, nowMs });
    if (probe) begun.push({ atMs: nowMs - 10_000, bps: probe.bps });
  }
  return begun;
}

describe("probing", () => {
  test("goes on at once while probes find what they ask for, up to the most that is ever sent", () => {
    expect(probes({ isIdle: true, estimates: [300_000, 850_000, 1_600_000, 10_000_000], untilMs: 4000 })).toEqual([
      { atMs: 0, bps: 900_000 },
      { atMs: 100, bps: 1_700_000 },
      { atMs: 200, bps: 3_200_000 },
    ]);
  });

  test("waits two seconds after a probe that found a part of it, or less than was believed, five after one without news", () => {
    expect(probes({ isIdle: true, estimates: [300_000, 500_000, 500_000, 450_000], untilMs: 10_000 })).toEqual([
      { atMs: 0, bps: 900_000 },
      { atMs: 2000, bps: 1_500_000 },
      { atMs: 7000, bps: 1_500_000 },
      { atMs: 9000, bps: 1_350_000 },
    ]);
  });

  test("of a sender that uses all it may becomes rarer while nothing is found", () => {
    expect(probes({ isIdle: false, estimates: [1_000_000], untilMs: 7000 })).toEqual([
      { atMs: 0, bps: 2_000_000 },
      { atMs: 2300, bps: 2_000_000 },
      { atMs: 4800, bps: 2_000_000 },
    ]);
  });

  test("waits for a second of calm", () => {
    const plan = new ProbePlan(TRANSPORT_BITRATE_LIMITS);
    const ask = (calmSinceMs: number | undefined) =>
      plan.next({ estimateBps: 1e6, isIdle: false, calmSinceMs, nowMs: 10_000 })?.bps;
    expect([ask(undefined), ask(9100), ask(9000)]).toEqual([undefined, undefined, 2e6]);
  });

  test("begins with three and six times the start bitrate", () => {
    const rates = new ProbePlan(TRANSPORT_BITRATE_LIMITS).first(0).map(({ bps }) => bps);
    expect(rates).toEqual([3_000_000, 6_000_000]);
  });
});
