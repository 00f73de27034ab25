import { describe, expect, it } from "vitest";
import { LinkModel, type PacketFate } from "./link-model.ts";

/** Sends as many packets of 962 bytes (1000 with overhead), one every `intervalMs`. */
function sendAll(link: LinkModel, count: number, intervalMs = 1): PacketFate[] {
  return Array.from({ length: count }, (_, index) => link.transmit(962, index * intervalMs));
}

function lossRuns(fates: readonly PacketFate[]): number[] {
  const runs: number[] = [];
  let previous: PacketFate["type"] = "delivered";
  for (const { type } of fates) {
    if (type === "lost") {
      if (previous === "lost") runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
      else runs.push(1);
    }
    previous = type;
  }
  return runs;
}

describe("LinkModel", () => {
  it("delays, and nothing else, when nothing else is asked for", () => {
    const link = new LinkModel({ seed: 1, delayMs: 40 });
    expect(sendAll(link, 2, 10)).toEqual([
      { type: "delivered", arrivalsMs: [40], queuedMs: 0, passedMs: 0, wireBytes: 1000 },
      { type: "delivered", arrivalsMs: [50], queuedMs: 0, passedMs: 10, wireBytes: 1000 },
    ]);
  });

  it("lets packets pass one after the other at the rate of the line", () => {
    const link = new LinkModel({ seed: 1, rateBps: 1_000_000, delayMs: 5 });
    expect(sendAll(link, 3, 0)).toEqual([
      { type: "delivered", arrivalsMs: [13], queuedMs: 0, passedMs: 8, wireBytes: 1000 },
      { type: "delivered", arrivalsMs: [21], queuedMs: 8, passedMs: 16, wireBytes: 1000 },
      { type: "delivered", arrivalsMs: [29], queuedMs: 16, passedMs: 24, wireBytes: 1000 },
    ]);
  });

  it("drops what finds the queue full, in time or in bytes", () => {
    const byTime = new LinkModel({ seed: 1, rateBps: 1_000_000, queue: { type: "time", ms: 20 } });
    expect(sendAll(byTime, 5, 0).map(({ type }) => type)).toEqual([
      "delivered",
      "delivered",
      "delivered",
      "dropped",
      "dropped",
    ]);
    const byBytes = new LinkModel({ seed: 1, rateBps: 1_000_000, queue: { type: "bytes", bytes: 2000 } });
    expect(sendAll(byBytes, 3, 0).map(({ type }) => type)).toEqual(["delivered", "delivered", "dropped"]);
    expect(byBytes.transmit(962, 8).type).toBe("delivered");
  });

  it("sends what waits at the new rate when the rate changes", () => {
    const link = new LinkModel({ seed: 1, rateBps: 1_000_000, changes: [{ atMs: 12, rateBps: 100_000 }] });
    const fates = [link.transmit(962, 0), link.transmit(962, 0)];
    // Half of the second packet passes in 4 ms, the other half takes 40.
    expect(fates.at(-1)).toEqual({ type: "delivered", arrivalsMs: [52], queuedMs: 8, passedMs: 52, wireBytes: 1000 });
  });

  it("loses the share of packets that was asked for, the same ones for the same seed", () => {
    const link = () => new LinkModel({ seed: 7, loss: { type: "random", probability: 0.05 } });
    const fates = sendAll(link(), 20_000);
    expect(fates.filter(({ type }) => type === "lost").length / 20_000).toBeCloseTo(0.05, 2);
    expect(sendAll(link(), 20_000)).toEqual(fates);
  });

  it("loses in bursts of the length that was asked for", () => {
    const link = new LinkModel({ seed: 7, loss: { type: "bursts", badProbability: 0.01, goodProbability: 0.25 } });
    const runs = lossRuns(sendAll(link, 100_000));
    const lost = runs.reduce((sum, run) => sum + run, 0);
    expect(lost / 100_000).toBeCloseTo(0.01 / 0.26, 2);
    expect(lost / runs.length).toBeGreaterThan(3.7);
    expect(lost / runs.length).toBeLessThan(4.3);
  });

  it("keeps the order under jitter, and breaks it only where reordering is asked for", () => {
    const arrivals = (link: LinkModel): number[] =>
      sendAll(link, 1000).flatMap((fate) => (fate.type === "delivered" ? fate.arrivalsMs : []));
    const jittered = arrivals(new LinkModel({ seed: 3, delayMs: 20, jitterMs: 30 }));
    expect(jittered).toEqual(jittered.toSorted((a, b) => a - b));
    expect(Math.min(...jittered.map((at, index) => at - index))).toBeGreaterThanOrEqual(20);
    expect(Math.max(...jittered.map((at, index) => at - index))).toBeLessThan(50);
    const reordered = arrivals(new LinkModel({ seed: 3, delayMs: 20, reordering: { probability: 0.1, byMs: 5 } }));
    const late = reordered.filter((at, index) => at - index > 20);
    expect(late.length).toBeGreaterThan(70);
    expect(late.length).toBeLessThan(130);
  });

  it("delivers some packets twice when asked to", () => {
    const fates = sendAll(new LinkModel({ seed: 3, duplication: 0.1 }), 1000);
    const twice = fates.filter((fate) => fate.type === "delivered" && fate.arrivalsMs.length === 2);
    expect(twice.length).toBeGreaterThan(70);
    expect(twice.length).toBeLessThan(130);
  });
});
