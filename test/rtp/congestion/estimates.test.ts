import { describe, expect, it } from "vitest";
import { AcknowledgedBitrate } from "../../../src/rtp/congestion/acknowledged-bitrate.ts";
import { DelayBasedRate } from "../../../src/rtp/congestion/delay-based-rate.ts";
import { IdleDetector } from "../../../src/rtp/congestion/idle-detector.ts";
import { LossBasedRate } from "../../../src/rtp/congestion/loss-based-rate.ts";
import { OveruseDetector, type PathUse } from "../../../src/rtp/congestion/overuse-detector.ts";
import { PacketGroups } from "../../../src/rtp/congestion/packet-groups.ts";
import type { ArrivedPacket, PacketResult } from "../../../src/rtp/congestion/packet-result.ts";
import { ProbeResults } from "../../../src/rtp/congestion/probe-results.ts";
import { SeededRandom } from "../support/seeded-random.ts";

const LIMITS = { minimumBps: 40_000, startBps: 1_000_000, maximumBps: 10_000_000 };

function packet(sentAtMs: number, arrivedAtMs: number, init: Partial<ArrivedPacket> = {}): ArrivedPacket {
  return { sequence: 0, byteLength: 1000, probe: undefined, sentAtMs, arrivedAtMs, ...init };
}

describe("PacketGroups", () => {
  it("compares groups that left within 5 ms, by their last packets", () => {
    const groups = new PacketGroups();
    const deltas = [
      packet(0, 100),
      packet(2, 108),
      packet(33, 140),
      packet(36, 150),
      packet(66, 190),
      packet(100, 230),
    ].map((each) => groups.add(each));
    expect(deltas).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      { sentDeltaMs: 34, arrivedDeltaMs: 42, arrivedAtMs: 150 },
      { sentDeltaMs: 30, arrivedDeltaMs: 40, arrivedAtMs: 190 },
    ]);
  });

  it("takes packets that waited together for one group", () => {
    const groups = new PacketGroups();
    // Held up until 200, and let go at once.
    const deltas = [packet(0, 100), packet(30, 200), packet(60, 201), packet(90, 202), packet(120, 230)].map((each) =>
      groups.add(each),
    );
    expect(deltas.at(-1)).toEqual({ sentDeltaMs: 90, arrivedDeltaMs: 102, arrivedAtMs: 202 });
  });

  it("forgets everything when the peer's clock jumps", () => {
    const groups = new PacketGroups();
    const deltas = [packet(0, 0), packet(30, 30), packet(60, 9000), packet(90, 9030), packet(120, 9060)].map((each) =>
      groups.add(each),
    );
    expect(deltas).toEqual([
      undefined,
      undefined,
      { sentDeltaMs: 30, arrivedDeltaMs: 30, arrivedAtMs: 30 },
      undefined,
      undefined,
    ]);
  });
});

describe("OveruseDetector", () => {
  /** What is found while each group of 30 ms takes so much longer than the one before. */
  function states(delays: (index: number) => number, count = 60): PathUse[] {
    const detector = new OveruseDetector();
    let arrivedAtMs = 0;
    return Array.from({ length: count }, (_, index) => {
      const arrivedDeltaMs = 30 + delays(index);
      arrivedAtMs += arrivedDeltaMs;
      return detector.update({ sentDeltaMs: 30, arrivedDeltaMs, arrivedAtMs });
    });
  }

  it("is calm on an even path", () => {
    expect(new Set(states(() => 0))).toEqual(new Set(["normal"]));
  });

  it("notices a queue that grows by 3 ms per group within half a second", () => {
    const found = states((index) => (index < 30 ? 0 : 3)).indexOf("overuse");
    expect(found).toBeGreaterThan(30);
    expect(found).toBeLessThan(46);
  });

  it("notices a queue that drains", () => {
    expect(states((index) => (index < 30 ? 0 : -3))).toContain("underuse");
  });

  it("gets used to jitter", () => {
    const random = new SeededRandom(3);
    const jitterMs = Array.from({ length: 601 }, () => random.integer(0, 15));
    const late = states((index) => (jitterMs[index + 1] ?? 0) - (jitterMs[index] ?? 0), 600).slice(300);
    expect(late.filter((state) => state === "overuse").length / late.length).toBeLessThan(0.05);
  });
});

describe("AcknowledgedBitrate", () => {
  it("finds the rate at which packets arrive, and follows it", () => {
    const rate = new AcknowledgedBitrate();
    let nowMs = 0;
    for (; nowMs < 2000; nowMs += 10) rate.add(packet(0, nowMs), false);
    expect(rate.currentBps).toBeCloseTo(800_000, -4);
    for (; nowMs < 8000; nowMs += 40) rate.add(packet(0, nowMs), false);
    expect(rate.currentBps).toBeGreaterThan(150_000);
    expect(rate.currentBps).toBeLessThan(300_000);
  });

  it("follows within half a second while a change is expected", () => {
    const rate = new AcknowledgedBitrate();
    let nowMs = 0;
    for (; nowMs < 2000; nowMs += 10) rate.add(packet(0, nowMs), false);
    for (; nowMs < 2500; nowMs += 40) {
      rate.expectChange();
      rate.add(packet(0, nowMs), false);
    }
    expect(rate.currentBps).toBeLessThan(450_000);
  });
});

describe("DelayBasedRate", () => {
  const at = (nowMs: number, use: PathUse, acknowledgedBps: number | undefined) => ({
    use,
    acknowledgedBps,
    roundTripMs: 100,
    isBlip: false,
    nowMs,
  });

  it("falls to 85 percent of what arrives, and once per round trip", () => {
    const rate = new DelayBasedRate(LIMITS);
    rate.update(at(0, "overuse", 800_000));
    expect(rate.currentBps).toBe(680_000);
    rate.update(at(50, "overuse", 700_000));
    expect(rate.currentBps).toBe(680_000);
    rate.update(at(110, "overuse", 700_000));
    expect(rate.currentBps).toBe(595_000);
  });

  it("keeps room for what is sent at the first sign of a queue while less is sent than might be", () => {
    const rate = new DelayBasedRate(LIMITS);
    rate.update({ ...at(0, "overuse", 300_000), isBlip: true });
    expect(rate.currentBps).toBe(510_000);
    rate.update(at(110, "overuse", 300_000));
    expect(rate.currentBps).toBe(255_000);
  });

  it("holds while the queue drains", () => {
    const rate = new DelayBasedRate(LIMITS);
    for (let nowMs = 0; nowMs < 3000; nowMs += 100) rate.update(at(nowMs, "underuse", 2_000_000));
    expect(rate.currentBps).toBe(1_000_000);
  });

  it("grows by 8 percent per second while nothing is known, but not far ahead of what arrives", () => {
    const rate = new DelayBasedRate(LIMITS);
    for (let nowMs = 0; nowMs <= 5000; nowMs += 100) rate.update(at(nowMs, "normal", 5_000_000));
    expect(rate.currentBps / 1_000_000).toBeCloseTo(1.08 ** 5, 1);
    const limited = new DelayBasedRate(LIMITS);
    for (let nowMs = 0; nowMs <= 20_000; nowMs += 100) limited.update(at(nowMs, "normal", 700_000));
    expect(limited.currentBps).toBe(1_060_000);
  });

  it("grows carefully near the rate at which a queue grew", () => {
    const rate = new DelayBasedRate(LIMITS);
    rate.update(at(0, "overuse", 800_000));
    for (let nowMs = 100; nowMs <= 2100; nowMs += 100) rate.update(at(nowMs, "normal", 680_000));
    expect(rate.currentBps).toBeGreaterThan(690_000);
    expect(rate.currentBps).toBeLessThan(740_000);
  });
});

describe("LossBasedRate", () => {
  /** Sends at a rate for ten seconds over a path that loses a share, and all above a capacity. */
  function settle({ bps, loss, capacityBps = Infinity }: { bps: number; loss: number; capacityBps?: number }): number {
    const random = new SeededRandom(1);
    const rate = new LossBasedRate(LIMITS);
    const excess = Math.max(0, 1 - capacityBps / bps);
    let sequence = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 100) {
      const results: PacketResult[] = [];
      const count = Math.round((bps / 8000) * 0.1);
      for (let index = 0; index < count; index += 1) {
        const isLost = random.chance(loss) || random.chance(excess);
        const sentAtMs = nowMs + (index * 100) / count;
        results.push({
          sequence: sequence++,
          byteLength: 1000,
          sentAtMs,
          probe: undefined,
          arrivedAtMs: isLost ? undefined : sentAtMs,
        });
      }
      rate.update({
        results,
        delayBasedBps: bps,
        acknowledgedBps: bps * (1 - loss) * (1 - excess),
        nowMs: nowMs + 100,
      });
    }
    return rate.currentBps;
  }

  it("leaves the rate alone without losses, and with few that do not depend on it", () => {
    expect(settle({ bps: 2_000_000, loss: 0 })).toBe(2_000_000);
    expect(settle({ bps: 2_000_000, loss: 0.05 })).toBeGreaterThan(1_800_000);
  });

  it("goes down when a third is lost", () => {
    expect(settle({ bps: 2_000_000, loss: 0, capacityBps: 1_300_000 })).toBeLessThan(1_400_000);
    expect(settle({ bps: 2_000_000, loss: 0.3 })).toBeLessThan(700_000);
  });
});

describe("ProbeResults", () => {
  const cluster = { id: 1, bps: 2_000_000, minPackets: 5, minBytes: 5000 };

  /** Five packets that leave every 4 ms, or as said, and arrive every `gapMs`. */
  function probe(gapMs: number, sentGapMs = 4): number | undefined {
    const results = new ProbeResults();
    results.begin(cluster, 0);
    const found = [0, 1, 2, 3, 4].map((index) =>
      results.add(packet(index * sentGapMs, 50 + index * gapMs, { probe: 1 })),
    );
    return found.findLast((bps) => bps !== undefined);
  }

  it("finds the rate that was tried where the path bears it", () => {
    expect(probe(4)).toBe(2_000_000);
  });

  it("finds 95 percent of what came through where it does not", () => {
    expect(probe(10)).toBeCloseTo(0.95 * 800_000, -1);
  });

  it("finds as much when a late timer let all packets out at once, but never more than was tried", () => {
    expect([probe(10, 0), probe(4, 0), probe(3, 0)]).toEqual([760_000, 2_000_000, 2_000_000]);
    expect(probe(1, 0)).toBeUndefined();
  });

  it("finds nothing in packets that arrive much faster than they left, and in strangers", () => {
    expect(probe(1)).toBeUndefined();
    expect(new ProbeResults().add(packet(0, 0, { probe: 9 }))).toBeUndefined();
  });
});

describe("IdleDetector", () => {
  it("notices that less is sent than might be, and that it is over", () => {
    const idle = new IdleDetector();
    const states = Array.from({ length: 120 }, (_, index) => {
      idle.handleSent(index < 60 ? 1000 : 5000, 1_000_000, index * 33);
      return idle.idleSinceMs !== undefined;
    });
    expect(states.indexOf(true)).toBeGreaterThan(10);
    expect(states.indexOf(true)).toBeLessThan(50);
    expect(states.at(-1)).toBe(false);
  });
});
