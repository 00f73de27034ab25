import { describe, expect, it } from "vitest";
import { NetworkLink } from "../../bench/network/network-link.ts";
import { seededRandom } from "../../bench/network/seeded-random.ts";

/** 972 bytes are 8000 bits on the wire. */
const BYTES = 972;

/** Takes everything that comes until `untilMs`, millisecond by millisecond. */
function arrivals(link: NetworkLink<number>, untilMs: number): [packet: number, atMs: number][] {
  const all: [number, number][] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 1) {
    for (const { packet, dueMs } of link.take(nowMs)) all.push([packet, dueMs]);
  }
  return all;
}

describe("a direction of the lossy relay", () => {
  it("delivers at once when nothing is wrong with it", () => {
    const link = new NetworkLink<number>({}, seededRandom(1));
    link.send(1, BYTES, 5);
    expect(link.take(5)).toEqual([{ packet: 1, dueMs: 5, queuedMs: 0 }]);
    expect(link.nextMs).toBeUndefined();
  });

  it("lets packets through one after the other, at its rate, and delays each", () => {
    const link = new NetworkLink<number>({ rateBps: 800_000, delayMs: 50 }, seededRandom(1));
    for (const packet of [1, 2, 3]) link.send(packet, BYTES, 0);
    expect(link.nextMs).toBe(10);
    expect(arrivals(link, 200)).toEqual([
      [1, 60],
      [2, 70],
      [3, 80],
    ]);
  });

  it("tells how long each packet stood in the queue", () => {
    const link = new NetworkLink<number>({ rateBps: 800_000 }, seededRandom(1));
    for (const packet of [1, 2, 3]) link.send(packet, BYTES, 0);
    expect(link.take(30).map(({ queuedMs }) => queuedMs)).toEqual([0, 10, 20]);
  });

  it("drops what does not fit into the queue, and counts it", () => {
    const link = new NetworkLink<number>({ rateBps: 800_000, queueMs: 25 }, seededRandom(1));
    for (let packet = 1; packet <= 10; packet += 1) link.send(packet, BYTES, 0);
    expect(arrivals(link, 200).map(([packet]) => packet)).toEqual([1, 2, 3]);
    expect(link.counts).toEqual({ delivered: 3, passedBytes: 3000, lost: 0, dropped: 7 });
  });

  it("sends what waits at the new rate after a step", () => {
    const link = new NetworkLink<number>({ rateBps: 800_000 }, seededRandom(1));
    for (const packet of [1, 2]) link.send(packet, BYTES, 0);
    link.change({ rateBps: 80_000 }, 10);
    expect(arrivals(link, 200)).toEqual([
      [1, 10],
      [2, 110],
    ]);
  });

  it("loses its share of packets, the same ones for the same seed", () => {
    const lost = (seed: number): number => {
      const link = new NetworkLink<number>({ loss: 0.1 }, seededRandom(seed));
      for (let packet = 0; packet < 10_000; packet += 1) link.send(packet, BYTES, packet);
      return link.counts.lost;
    };
    expect(lost(1)).toBe(lost(1));
    expect(lost(1)).toBeGreaterThan(900);
    expect(lost(1)).toBeLessThan(1100);
  });

  it("keeps the order whatever the jitter", () => {
    const link = new NetworkLink<number>({ jitterMs: 30 }, seededRandom(3));
    for (let packet = 0; packet < 100; packet += 1) link.send(packet, BYTES, packet);
    const all = arrivals(link, 200);
    expect(all.map(([packet]) => packet)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(all.every(([packet, atMs]) => atMs >= packet && atMs <= packet + 31)).toBe(true);
  });
});
