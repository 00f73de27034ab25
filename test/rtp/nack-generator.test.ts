import { describe, expect, it } from "vitest";
import { NackGenerator } from "../../src/rtp/nack-generator.ts";

function generator(...received: readonly number[]): NackGenerator {
  const nacks = new NackGenerator({ reorderDelayMs: 5, maxAgeMs: 1000, roundTripMs: 50 });
  for (const sequence of received) nacks.handlePacket(sequence, 0);
  return nacks;
}

describe("asking for lost packets", () => {
  it("happens after a short delay, in which they may still come", () => {
    const nacks = generator(10, 13);
    expect(nacks.nextTimerMs).toBe(5);
    expect(nacks.takeRequests(4)).toEqual([]);
    nacks.handlePacket(11, 4);
    expect(nacks.takeRequests(5)).toEqual([12]);
  });

  it("is repeated once per round trip until they come", () => {
    const nacks = generator(10, 12);
    expect(nacks.takeRequests(5)).toEqual([11]);
    expect(nacks.nextTimerMs).toBe(65);
    expect(nacks.takeRequests(64)).toEqual([]);
    expect(nacks.takeRequests(65)).toEqual([11]);
    nacks.handlePacket(11, 120);
    expect(nacks.nextTimerMs).toBeUndefined();
    expect(nacks.takeRequests(1000)).toEqual([]);
  });

  it("follows the round-trip time", () => {
    const nacks = generator(10, 12);
    nacks.setRoundTripMs(2);
    nacks.takeRequests(5);
    expect(nacks.nextTimerMs).toBe(25);
    nacks.setRoundTripMs(50);
    nacks.takeRequests(25);
    expect(nacks.nextTimerMs).toBe(85);
  });

  it("is said twice, 20 ms apart, where a round is long", () => {
    const nacks = generator(10, 12);
    nacks.setRoundTripMs(150);
    const asked: number[] = [];
    for (let nowMs = 0; nowMs < 400; nowMs += 1) if (nacks.takeRequests(nowMs).length > 0) asked.push(nowMs);
    expect(asked).toEqual([5, 25, 165, 185, 325, 345]);
  });

  it("learns how long answers take, and that those after a lost request say less", () => {
    const nacks = generator(10, 12);
    expect(nacks.answerMs).toBeUndefined();
    nacks.takeRequests(5);
    nacks.handlePacket(11, 45);
    expect(nacks.answerMs).toBe(40);
    nacks.handlePacket(14, 100);
    nacks.takeRequests(105);
    nacks.takeRequests(165);
    nacks.handlePacket(13, 205);
    expect(nacks.answerMs).toBe(46);
    nacks.handlePacket(16, 300);
    nacks.takeRequests(305);
    nacks.handlePacket(15, 325);
    expect(nacks.answerMs).toBe(33);
  });

  it("counts what came after it was asked for, and not what was only overtaken", () => {
    const nacks = generator(10, 13);
    nacks.handlePacket(11, 4);
    nacks.takeRequests(5);
    nacks.handlePacket(12, 60);
    nacks.handlePacket(12, 61);
    expect(nacks.repairedCount).toBe(1);
  });

  it("works across the wrap of sequence numbers", () => {
    expect(generator(65_534, 65_538).takeRequests(5)).toEqual([65_535, 0, 1]);
  });

  it("asks for each gap in its own time", () => {
    const nacks = generator(10, 12);
    nacks.handlePacket(14, 3);
    expect(nacks.takeRequests(5)).toEqual([11]);
    expect(nacks.nextTimerMs).toBe(8);
    expect(nacks.takeRequests(8)).toEqual([13]);
  });

  it("ends after ten rounds", () => {
    const nacks = generator(10, 12);
    nacks.setRoundTripMs(0);
    let requestCount = 0;
    for (let nowMs = 0; nowMs < 900; nowMs += 5) requestCount += nacks.takeRequests(nowMs).length;
    expect(requestCount).toBe(10);
    expect(nacks.missingCount).toBe(0);
    expect([nacks.takeGivenUp(), nacks.takeGivenUp()]).toEqual([true, false]);
  });

  it("ends when a packet is too old", () => {
    const nacks = generator(10, 12);
    nacks.setRoundTripMs(400);
    const asked = [5, 25, 415, 435, 825, 845, 1235].map((nowMs) => nacks.takeRequests(nowMs).length);
    expect(asked).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(nacks.takeGivenUp()).toBe(true);
  });

  it("does not even begin when more than 500 are missing", () => {
    expect(generator(10, 511).missingCount).toBe(500);
    const nacks = generator(10, 12, 513);
    expect(nacks.missingCount).toBe(0);
    expect(nacks.takeGivenUp()).toBe(true);
    nacks.handlePacket(515, 10);
    expect(nacks.takeRequests(15)).toEqual([514]);
  });

  it("ends for packets that nobody needs any more", () => {
    const nacks = generator(10, 12, 14);
    nacks.forgetBefore(13);
    expect(nacks.takeRequests(5)).toEqual([13]);
  });

  it("does not happen for packets before the first", () => {
    const nacks = generator(10, 8, 11);
    expect(nacks.nextTimerMs).toBeUndefined();
  });

  it("begins anew after a reset", () => {
    const nacks = generator(10, 12);
    nacks.reset();
    nacks.handlePacket(5000, 1);
    expect(nacks.nextTimerMs).toBeUndefined();
  });
});
