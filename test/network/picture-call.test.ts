import { describe, expect, it } from "vitest";
import type { BurstLoss, LinkConditions, RandomLoss } from "./link-conditions.ts";
import { pictureCall, type PictureCallResult } from "./picture-call.ts";

const SEEDS = [1, 2, 3] as const;
const SECONDS = 60;

/** A minute with each seed. */
const calls = (link: LinkConditions): PictureCallResult[] =>
  SEEDS.map((seed) => pictureCall({ seed, seconds: SECONDS, link: { jitterMs: 4, ...link } }));

const random = (probability: number): RandomLoss => ({ type: "random", probability });
/** Bursts of 2.5 packets on average. */
const bursts = (share: number): BurstLoss => ({
  type: "bursts",
  goodProbability: 0.4,
  badProbability: (0.4 * share) / (1 - share),
});

describe("a minute of pictures", { timeout: 60_000 }, () => {
  it.each([20, 150])("over a good network of %d ms comes at once, and nothing is asked for", (roundTripMs) => {
    for (const { snapshot, fps, p99DelayMs, measuredRoundTripMs } of calls({ delayMs: roundTripMs / 2 })) {
      expect(fps).toBeGreaterThan(29.8);
      expect(p99DelayMs).toBeLessThanOrEqual(4);
      expect(snapshot).toMatchObject({ nackedPacketCount: 0, keyframeRequestCount: 0, keyframeCount: 1 });
      expect(measuredRoundTripMs).toBeGreaterThan(roundTripMs);
      expect(measuredRoundTripMs).toBeLessThan(roundTripMs + 10);
    }
  });

  it.each([
    { loss: random(0.01), roundTripMs: 20, fps: 29.8, gapMs: 150 },
    { loss: random(0.05), roundTripMs: 20, fps: 29.8, gapMs: 200 },
    { loss: random(0.1), roundTripMs: 20, fps: 29.8, gapMs: 250 },
    { loss: random(0.2), roundTripMs: 20, fps: 29.5, gapMs: 350 },
    // A burst lasts until packets have passed, and on the way back only requests do: ten of them may be lost in a row.
    { loss: bursts(0.1), roundTripMs: 20, fps: 29.5, gapMs: 600 },
    { loss: random(0.01), roundTripMs: 150, fps: 29.5, gapMs: 400 },
    { loss: random(0.05), roundTripMs: 150, fps: 29.5, gapMs: 450 },
    { loss: bursts(0.05), roundTripMs: 150, fps: 29.5, gapMs: 600 },
    { loss: random(0.1), roundTripMs: 150, fps: 29.5, gapMs: 600 },
    { loss: bursts(0.1), roundTripMs: 150, fps: 29, gapMs: 900 },
    { loss: random(0.2), roundTripMs: 150, fps: 29, gapMs: 800 },
  ])("at a $loss.type loss, a round trip of $roundTripMs ms: $fps fps, no two more than $gapMs ms apart", (network) => {
    const { loss, roundTripMs, fps, gapMs } = network;
    for (const result of calls({ delayMs: roundTripMs / 2, loss })) {
      expect(result.fps).toBeGreaterThan(fps);
      expect(result.snapshot.longestFrameGapMs).toBeLessThan(gapMs);
    }
  });

  it.each([20, 150])(
    "that only comes and never goes is repaired as well, by the time of answers: %d ms",
    (roundTripMs) => {
      for (const seed of SEEDS) {
        const link = { delayMs: roundTripMs / 2, jitterMs: 4, loss: random(0.05) };
        const { snapshot, fps } = pictureCall({ seed, seconds: SECONDS, link, receiveOnly: true });
        expect(fps).toBeGreaterThan(29.5);
        expect(snapshot.longestFrameGapMs).toBeLessThan(roundTripMs === 20 ? 250 : 500);
      }
    },
  );

  it("whose packets overtake each other loses nothing, and needs a keyframe at the beginning at most", () => {
    for (const { snapshot, fps } of calls({
      delayMs: 40,
      reordering: { probability: 0.1, byMs: 15 },
      duplication: 0.05,
    })) {
      expect(fps).toBeGreaterThan(29.8);
      expect(snapshot.keyframeRequestCount).toBeLessThanOrEqual(1);
      expect(snapshot.droppedFrameCount).toBe(0);
    }
  });

  it("asks for few keyframes while a third of everything is lost", () => {
    for (const { snapshot, fps } of calls({ delayMs: 20, loss: random(0.3) })) {
      expect(fps).toBeGreaterThan(20);
      expect(snapshot.keyframeRequestCount).toBeLessThan(SECONDS);
    }
  });
});
