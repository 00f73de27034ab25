import { describe, expect, it } from "vitest";
import type { BurstLoss, LinkConditions, RandomLoss } from "./link-conditions.ts";
import { type SoundCallOptions, type SoundCallResult, soundCall } from "./sound-call.ts";

const SEEDS = [1, 2, 3] as const;
const SECONDS = 60;

const random = (probability: number): RandomLoss => ({ type: "random", probability });
/** Bursts of 2.5 packets on average. */
const bursts = (share: number): BurstLoss => ({
  type: "bursts",
  goodProbability: 0.4,
  badProbability: (0.4 * share) / (1 - share),
});

/** The call with each seed; what must hold of every call is asserted here. */
function calls(options: Omit<SoundCallOptions, "seed" | "seconds">, seconds = SECONDS): SoundCallResult[] {
  return SEEDS.map((seed) => {
    const result = soundCall({ ...options, seed, seconds });
    expect(result.continuous).toBe(true);
    return result;
  });
}

const both = (link: LinkConditions): Pick<SoundCallOptions, "forward" | "backward"> => ({
  forward: link,
  backward: link,
});

describe("a minute of a voice with copies for repair, as browsers send it", { timeout: 60_000 }, () => {
  it.each([
    { loss: 0, concealed: 0 },
    { loss: 0.01, concealed: 0.001 },
    { loss: 0.05, concealed: 0.005 },
    { loss: 0.1, concealed: 0.015 },
    { loss: 0.2, concealed: 0.05 },
  ])(
    "at a random loss of $loss: at most $concealed is guessed, and 1 % waits for more than 40 ms",
    ({ loss, concealed }) => {
      for (const roundTripMs of [20, 150]) {
        for (const result of calls(both({ delayMs: roundTripMs / 2, jitterMs: 4, loss: random(loss) }))) {
          expect(result.concealed).toBeLessThanOrEqual(concealed);
          expect(result.p99DelayMs).toBeLessThanOrEqual(loss === 0 ? 4 : 44);
          expect(result.meanDelayMs).toBeLessThan(loss === 0 ? 2.1 : 5);
          expect(Math.abs(result.heardMs + roundTripMs / 2 - SECONDS * 1000)).toBeLessThan(250);
        }
      }
    },
  );

  it.each([
    { loss: 0.05, concealed: 0.035 },
    { loss: 0.1, concealed: 0.07 },
    { loss: 0.2, concealed: 0.14 },
  ])("at a loss of $loss in bursts of 2.5: at most $concealed is guessed", ({ loss, concealed }) => {
    for (const { concealed: guessed, p99DelayMs } of calls(both({ delayMs: 75, jitterMs: 4, loss: bursts(loss) }))) {
      expect(guessed).toBeLessThan(concealed);
      expect(p99DelayMs).toBeLessThan(45);
    }
  });
});

describe("a minute of a voice that is sent again when asked for", { timeout: 60_000 }, () => {
  it.each([
    { loss: bursts(0.1), roundTripMs: 20, concealed: 0.015 },
    { loss: bursts(0.1), roundTripMs: 150, concealed: 0.015 },
    { loss: bursts(0.2), roundTripMs: 150, concealed: 0.05 },
    { loss: random(0.2), roundTripMs: 150, concealed: 0.015 },
  ])("at a $loss.type loss and a round trip of $roundTripMs ms: at most $concealed is guessed", (network) => {
    const { loss, roundTripMs, concealed } = network;
    for (const result of calls({ ...both({ delayMs: roundTripMs / 2, jitterMs: 4, loss }), nack: true })) {
      expect(result.concealed).toBeLessThan(concealed);
      expect(result.snapshot.repairedPacketCount).toBeGreaterThan(100);
      expect(result.p99DelayMs).toBeLessThan(300);
    }
  });

  it("is not asked for when an answer would come too late", () => {
    const link = { delayMs: 150, loss: random(0.1) };
    for (const { snapshot, p99DelayMs } of calls({ ...both(link), nack: true })) {
      // Before the round trip is known some are asked for.
      expect(snapshot.nackedPacketCount).toBeLessThan(40);
      expect(p99DelayMs).toBeLessThan(45);
    }
  });
});

describe("a voice over an unsteady network", { timeout: 60_000 }, () => {
  it("is never held back for jitter: it leaves as it comes", () => {
    for (const { snapshot, concealed, p99DelayMs } of calls({ forward: { delayMs: 40, jitterMs: 60 } })) {
      expect([concealed, snapshot.meanHoldMs, snapshot.lateMs]).toEqual([0, 0, 0]);
      expect(p99DelayMs).toBeLessThanOrEqual(60);
    }
  });

  it("waits as long as packets overtake each other, and no longer", () => {
    const reordering = { probability: 0.05, byMs: 50 };
    for (const { snapshot, concealed, p99DelayMs } of calls({ forward: { delayMs: 40, reordering }, fec: false })) {
      expect(concealed).toBeLessThan(0.001);
      expect(snapshot.targetDelayMs).toBe(35); // Missed 20 ms after it was due, and come 30 ms later.
      expect(p99DelayMs).toBeLessThanOrEqual(50);
    }
  });

  it("is heard once when packets come twice", () => {
    for (const { heardMs, snapshot } of calls({ forward: { duplication: 0.1 } })) {
      expect(heardMs).toBe(SECONDS * 1000 + 20);
      expect(snapshot.cumulativeLost).toBeLessThan(-250);
    }
  });

  it.each([200, -200])("follows a clock that is off by %d ppm without waiting more and more", (skewPpm) => {
    for (const { heardMs, meanDelayMs, snapshot } of calls({ forward: { jitterMs: 10 }, skewPpm }, 300)) {
      expect(Math.abs(heardMs - 300_000 * (1 + skewPpm / 1_000_000))).toBeLessThan(45);
      expect(meanDelayMs).toBeLessThan(6);
      expect(snapshot).toMatchObject({ concealedMs: 0, silenceMs: 0, lateMs: 0 });
    }
  });

  it.each([
    { stallMs: 300, burstMs: 320, lateMs: 0 },
    { stallMs: 800, burstMs: 720, lateMs: 120 },
    { stallMs: 2000, burstMs: 720, lateMs: 1320 },
  ])("comes in a burst of $burstMs ms after a stall of $stallMs ms", ({ stallMs, burstMs, lateMs }) => {
    const stall = [
      { atMs: 20_000, rateBps: 1 },
      { atMs: 20_000 + stallMs, rateBps: Infinity },
    ];
    const forward = { queue: { type: "time", ms: Infinity }, changes: stall } as const;
    for (const { longestBurstMs, snapshot, heardMs } of calls({ forward }, 60)) {
      expect(longestBurstMs).toBeLessThanOrEqual(burstMs);
      expect(Math.abs(snapshot.lateMs - lateMs)).toBeLessThanOrEqual(40);
      expect(heardMs - 60_000).toBeLessThanOrEqual(220);
    }
  });

  it.each([300, 2000])("is silence, and in step again, after an outage of %d ms", (outageMs) => {
    const forward = {
      changes: [
        { atMs: 20_000, loss: random(1) },
        { atMs: 20_000 + outageMs, loss: random(0) },
      ],
    };
    for (const { heardMs, longestBurstMs } of calls({ forward }, 60)) {
      expect(heardMs).toBe(60_020);
      expect(longestBurstMs).toBeLessThanOrEqual(560);
    }
  });
});
