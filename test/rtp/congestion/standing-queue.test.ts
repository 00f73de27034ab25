import { describe, expect, it } from "vitest";
import { StandingQueue } from "../../../src/rtp/congestion/standing-queue.ts";

const EVERYTHING = { windowMs: 80, sentAfterMs: -Infinity };

/** Packets of 1000 bytes, each as [sent, delay] in milliseconds. */
function queueOf(packets: readonly (readonly [sentAtMs: number, delayMs: number])[]): StandingQueue {
  const queue = new StandingQueue();
  for (const [index, [sentAtMs, delayMs]] of packets.entries()) {
    queue.add({ sequence: index, sentAtMs, arrivedAtMs: sentAtMs + delayMs, byteLength: 1000, probe: undefined });
  }
  return queue;
}

const pictures = (delaysMs: readonly number[]) =>
  Array.from({ length: 12 }, (_, index) => {
    const sentAtMs = Math.floor(index / delaysMs.length) * 33 + (index % delaysMs.length);
    return [sentAtMs, 500 + (delaysMs[index % delaysMs.length] ?? 0)] as const;
  });

describe("StandingQueue", () => {
  it("sees none where the delay rises within each picture and falls before the next", () => {
    expect(queueOf(pictures([0, 8, 16, 24])).depthMs(EVERYTHING)).toBe(0);
  });

  it("sees what even the quickest of the last packets waited, beside the quickest of ten seconds", () => {
    const queue = queueOf([
      ...pictures([0]),
      ...[400, 440, 480, 520].map((ms, index) => [ms, 560 + 5 * index] as const),
    ]);
    expect(queue.depthMs(EVERYTHING)).toBe(65);
    expect(queue.depthMs({ windowMs: 200, sentAfterMs: -Infinity })).toBe(60);
  });

  it("leaves out what was sent before a time, and says none of too few packets", () => {
    const queue = queueOf([...pictures([0]), [400, 600], [420, 600], [440, 580]]);
    expect(queue.depthMs({ windowMs: 80, sentAfterMs: 399 })).toBe(80);
    expect(queue.depthMs({ windowMs: 80, sentAfterMs: 400 })).toBe(0);
  });

  it("measures what arrives while it stands: what the path bears", () => {
    // 1000 bytes every 40 ms, behind much faster ones.
    const queue = queueOf([...pictures([0]), [400, 600], [410, 630], [420, 660], [430, 690]]);
    expect(queue.throughputBps(50)).toBe(200_000);
    expect(queue.throughputBps(250)).toBeUndefined();
    expect(queue.throughputBps(210)).toBeUndefined();
  });

  it("leaves out the time of which feedback was lost", () => {
    const queue = queueOf([...pictures([0]), [400, 600], [410, 630], [420, 660]]);
    const packet = (sentAtMs: number, arrivedAtMs: number) => ({
      sequence: 0,
      sentAtMs,
      arrivedAtMs,
      byteLength: 1000,
      probe: undefined,
    });
    queue.add(packet(500, 1150), true);
    queue.add(packet(510, 1190));
    expect(queue.throughputBps(50)).toBe(200_000);
  });

  it("takes a delay that has lasted for ten seconds for that of the path", () => {
    const slow = Array.from({ length: 130 }, (_, index) => [400 + 100 * index, 600] as const);
    const queue = queueOf([...pictures([0]), ...slow]);
    expect(queue.depthMs(EVERYTHING)).toBe(0);
  });
});
