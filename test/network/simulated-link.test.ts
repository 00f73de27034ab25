import { describe, expect, it } from "vitest";
import { SimulatedLink } from "./simulated-link.ts";
import { VirtualTime } from "./virtual-time.ts";

describe("VirtualTime", () => {
  it("lets events happen in the order of their times, and of asking where times are equal", () => {
    const time = new VirtualTime();
    const happened: string[] = [];
    const note = (name: string) => () => happened.push(`${name}@${time.nowMs()}`);
    time.after(20, note("c"));
    time.after(10, note("a"));
    time.after(10, note("b"));
    time.after(5, note("cancelled"))();
    time.every(8, note("tick"));
    time.runUntil(20);
    expect(happened).toEqual(["tick@0", "tick@8", "a@10", "b@10", "tick@16", "c@20"]);
    expect(time.nowMs()).toBe(20);
    expect(time.wallMs()).toBe(1_700_000_000_020);
  });

  it("keeps its order with thousands of events", () => {
    const time = new VirtualTime();
    const times = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 5000);
    const happened: number[] = [];
    for (const atMs of times) time.at(atMs, () => happened.push(time.nowMs()));
    time.runUntil(5000);
    expect(happened).toEqual(times.toSorted((a, b) => a - b));
  });

  it("gives promises their turn between events when asked to", async () => {
    const time = new VirtualTime();
    const happened: number[] = [];
    const work = (async () => {
      for (let round = 0; round < 3; round += 1) {
        await time.sleep(100);
        happened.push(time.nowMs());
      }
    })();
    await time.runTurnsUntil(1000);
    await work;
    expect(happened).toEqual([100, 200, 300]);
  });
});

describe("SimulatedLink", () => {
  it("delivers copies when they arrive, and counts", () => {
    const time = new VirtualTime();
    const arrived: { at: number; bytes: number[] }[] = [];
    const link = new SimulatedLink({
      time,
      seed: 1,
      delayMs: 30,
      rateBps: 80_000,
      overheadBytes: 0,
      queue: { type: "time", ms: 0.05 },
      deliver: (packet, nowMs) => arrived.push({ at: nowMs, bytes: [...packet] }),
    });
    const packet = Uint8Array.of(1);
    link.send(packet);
    packet[0] = 2;
    link.send(packet);
    time.runUntil(100);
    expect(arrived).toEqual([{ at: 30.1, bytes: [1] }]);
    expect(link.counts).toEqual({
      sentPackets: 2,
      sentBytes: 2,
      deliveredPackets: 1,
      deliveredBytes: 1,
      lostPackets: 0,
      droppedPackets: 1,
      passedBytes: 1,
      longestQueueMs: 0,
    });
  });
});
