import { describe, expect, it } from "vitest";
import type { LinkModelOptions } from "./link-model.ts";
import { type CallSecond, SharedLink, SimulatedCall } from "./simulated-call.ts";
import { VirtualTime } from "./virtual-time.ts";

type Link = Omit<LinkModelOptions, "seed">;

const SEEDS = [1, 2, 3];

interface CallOptions {
  readonly roundTripMs?: number;
  /** What the encoder asks for at most. */
  readonly maximumBps?: number;
  readonly seconds?: number;
  readonly backward?: Link;
}

function call(seed: number, forward: Link, { roundTripMs = 50, seconds = 60, ...options }: CallOptions = {}) {
  const time = new VirtualTime();
  const simulated = new SimulatedCall({
    time,
    seed,
    forward: { delayMs: roundTripMs / 2, ...forward },
    backward: { delayMs: roundTripMs / 2, ...options.backward },
    ...(options.maximumBps && { maximumBps: options.maximumBps }),
  });
  time.runUntil(seconds * 1000 + 1);
  return simulated;
}

/** What passed on average in these seconds, IP, UDP and SRTP included, as a share of the link's rate. */
function share(seconds: readonly CallSecond[], from: number, to: number, rateBps: number): number {
  const span = seconds.slice(from + 1, to + 1);
  return span.reduce((sum, { wireBps }) => sum + wireBps, 0) / span.length / rateBps;
}

/** The same of RTP alone, for a call that shares its link. */
function arrivedShare(seconds: readonly CallSecond[], from: number, to: number, rateBps: number): number {
  const span = seconds.slice(from + 1, to + 1);
  return span.reduce((sum, { arrivedBps }) => sum + arrivedBps, 0) / span.length / rateBps;
}

const longestQueueMs = (seconds: readonly CallSecond[], from: number, to: number): number =>
  Math.max(...seconds.slice(from + 1, to + 1).map((second) => second.longestQueueMs));

describe("congestion control over simulated networks", { timeout: 120_000 }, () => {
  it.each([20, 50, 150].flatMap((roundTripMs) => SEEDS.map((seed) => ({ roundTripMs, seed }))))(
    "follows a step from 2 Mbit/s to 300 kbit/s and back within 5 s, queue below 150 ms (RTT $roundTripMs ms, seed $seed)",
    ({ roundTripMs, seed }) => {
      const { seconds, longestFreezeMs, keyframes } = call(
        seed,
        {
          rateBps: 2_000_000,
          changes: [
            { atMs: 20_000, rateBps: 300_000 },
            { atMs: 40_000, rateBps: 2_000_000 },
          ],
        },
        { roundTripMs },
      );
      expect(share(seconds, 5, 20, 2_000_000)).toBeGreaterThan(0.85);
      expect(share(seconds, 20, 25, 300_000)).toBeGreaterThan(0.8);
      expect(share(seconds, 25, 40, 300_000)).toBeGreaterThan(0.85);
      expect(share(seconds, 25, 40, 300_000)).toBeLessThan(1);
      expect(longestQueueMs(seconds, 23, 40)).toBeLessThan(150);
      expect(share(seconds, 44, 49, 2_000_000)).toBeGreaterThan(0.83);
      expect(share(seconds, 45, 60, 2_000_000)).toBeGreaterThan(0.85);
      expect(longestQueueMs(seconds, 41, 60)).toBeLessThan(150);
      expect(longestFreezeMs).toBeLessThan(700);
      expect(keyframes).toBe(2);
    },
  );

  it.each(SEEDS.flatMap((seed) => [0, 3, 6].map((jitterMs) => ({ seed, jitterMs }))))(
    "knows five seconds after a step what the link bears, though pictures take a third of it (jitter $jitterMs ms, seed $seed)",
    ({ seed, jitterMs }) => {
      const { seconds } = call(
        seed,
        {
          rateBps: 2_000_000,
          jitterMs,
          changes: [
            { atMs: 10_000, rateBps: 300_000 },
            { atMs: 20_000, rateBps: 2_000_000 },
          ],
        },
        { seconds: 32, maximumBps: 600_000 },
      );
      const estimates = seconds.slice(25, 32).map(({ estimateBps }) => estimateBps / 2_000_000);
      expect(Math.min(...estimates)).toBeGreaterThan(0.75);
      expect(Math.max(...estimates)).toBeLessThan(1.15);
      expect(longestQueueMs(seconds, 21, 32)).toBeLessThan(150);
    },
  );

  it.each(SEEDS)(
    "keeps 80 percent of the link at 5 percent random loss and a round trip of 150 ms, without a freeze (seed %i)",
    (seed) => {
      const { seconds, longestFreezeMs, keyframes } = call(
        seed,
        { rateBps: 2_000_000, loss: { type: "random", probability: 0.05 } },
        { roundTripMs: 150, seconds: 40, backward: { loss: { type: "random", probability: 0.05 } } },
      );
      expect(share(seconds, 10, 40, 2_000_000)).toBeGreaterThan(0.8);
      const frames = seconds.slice(10).reduce((sum, second) => sum + second.frames, 0);
      expect(frames / (seconds.length - 10)).toBeGreaterThan(29);
      expect(longestFreezeMs).toBeLessThan(500);
      expect(keyframes).toBe(1);
    },
  );

  it("is sharp within a second on a fast path, and never queues there", () => {
    const { seconds } = call(1, { rateBps: 20_000_000 }, { roundTripMs: 20, seconds: 30 });
    expect(seconds[2]?.arrivedBps).toBeGreaterThan(2_300_000);
    expect(longestQueueMs(seconds, 1, 30)).toBeLessThan(15);
  });

  it.each([100_000, 300_000, 1_000_000])(
    "uses 85 percent of a path of %i bit/s at least, its queue below 200 ms",
    (rateBps) => {
      const { seconds } = call(1, { rateBps }, { roundTripMs: 50, seconds: 40 });
      expect(share(seconds, 10, 40, rateBps)).toBeGreaterThan(0.85);
      expect(longestQueueMs(seconds, 10, 40)).toBeLessThan(200);
    },
  );

  it("takes bursts of loss and jitter for what they are", () => {
    const bursts = call(1, { rateBps: 2e6, loss: { type: "bursts", badProbability: 0.005, goodProbability: 0.25 } });
    expect(share(bursts.seconds, 10, 60, 2e6)).toBeGreaterThan(0.6);
    const jitter = call(1, { rateBps: 2e6, jitterMs: 30 }, { backward: { jitterMs: 30 } });
    expect(share(jitter.seconds, 10, 60, 2e6)).toBeGreaterThan(0.65);
  });

  it("shares a path with another call of its kind: each has between a third and two thirds", () => {
    const time = new VirtualTime();
    const forward = new SharedLink(time, { seed: 5, delayMs: 25, rateBps: 2_000_000 });
    const first = new SimulatedCall({ time, seed: 1, forward, backward: { delayMs: 25 } });
    time.runUntil(20_000);
    const second = new SimulatedCall({ time, seed: 100, forward, backward: { delayMs: 25 } });
    time.runUntil(120_000);
    const [a, b] = [arrivedShare(first.seconds, 60, 119, 2e6), arrivedShare(second.seconds, 40, 99, 2e6)];
    expect(a + b).toBeGreaterThan(0.75);
    expect(Math.min(a, b) / (a + b)).toBeGreaterThan(1 / 3);
  });

  it("gives way to a burst of other traffic, and comes back when it is over", () => {
    const time = new VirtualTime();
    const forward = new SharedLink(time, { seed: 5, delayMs: 25, rateBps: 2_000_000 });
    const simulated = new SimulatedCall({ time, seed: 1, forward, backward: { delayMs: 25 } });
    const sendOther = forward.join(() => {});
    time.runUntil(20_000);
    // 1.4 of 2 Mbit/s for ten seconds.
    const stop = time.every(8, () => sendOther(new Uint8Array(1400)));
    time.runUntil(30_000);
    stop();
    time.runUntil(60_001);
    const { seconds } = simulated;
    expect(arrivedShare(seconds, 24, 30, 2e6)).toBeLessThan(0.35);
    expect(longestQueueMs(seconds, 24, 30)).toBeLessThan(310);
    expect(arrivedShare(seconds, 38, 60, 2e6)).toBeGreaterThan(0.78);
  });

  it("slows down when nothing is heard of the peer any more", () => {
    const { seconds } = call(
      1,
      { rateBps: 2e6, changes: [{ atMs: 10_000, loss: { type: "random", probability: 1 } }] },
      { seconds: 20 },
    );
    expect(seconds.at(-1)?.estimateBps).toBeLessThan(100_000);
  });
});
