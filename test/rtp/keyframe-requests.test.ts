import { describe, expect, it } from "vitest";
import { KeyframeRequestGate } from "../../src/rtp/keyframe-request-gate.ts";
import { KeyframeRequester } from "../../src/rtp/keyframe-requester.ts";

describe("asking for a keyframe", () => {
  it("happens at once, then every 300 ms until it comes", () => {
    const requester = new KeyframeRequester();
    expect(requester.nextTimerMs).toBeUndefined();
    expect(requester.takeRequest(0)).toBe(false);
    requester.setNeeded(true);
    const asked = [10, 11, 309, 310, 400, 610].filter((nowMs) => requester.takeRequest(nowMs));
    expect(asked).toEqual([10, 310, 610]);
    expect(requester.nextTimerMs).toBe(910);
    requester.setNeeded(false);
    expect(requester.nextTimerMs).toBeUndefined();
    expect(requester.requestCount).toBe(3);
  });

  it("keeps its distance when keyframes break one after the other", () => {
    const requester = new KeyframeRequester();
    requester.setNeeded(true);
    expect(requester.takeRequest(0)).toBe(true);
    requester.setNeeded(false);
    requester.setNeeded(true);
    expect(requester.takeRequest(100)).toBe(false);
    expect(requester.takeRequest(300)).toBe(true);
  });

  it("leaves a slow network the time to answer", () => {
    const requester = new KeyframeRequester();
    requester.setRoundTripMs(400);
    requester.setNeeded(true);
    expect([0, 599, 600].map((nowMs) => requester.takeRequest(nowMs))).toEqual([true, false, true]);
  });
});

describe("being asked for a keyframe", () => {
  const at = (nowMs: number, roundTripMs = 20): { nowMs: number; roundTripMs: number } => ({ nowMs, roundTripMs });

  it("forces one, once", () => {
    const gate = new KeyframeRequestGate();
    expect(gate.takeForcedKeyframe(0)).toBe(false);
    gate.handleRequest(at(0));
    expect([gate.takeForcedKeyframe(1), gate.takeForcedKeyframe(34)]).toEqual([true, false]);
  });

  it("in a storm forces one every 300 ms", () => {
    const gate = new KeyframeRequestGate();
    const forced: number[] = [];
    for (let nowMs = 0; nowMs <= 1000; nowMs += 1) {
      gate.handleRequest(at(nowMs));
      if (nowMs % 10 === 0 && gate.takeForcedKeyframe(nowMs)) forced.push(nowMs);
    }
    expect(forced).toEqual([0, 300, 600, 900]);
  });

  it("is answered later, not never, when it comes soon after a keyframe", () => {
    const gate = new KeyframeRequestGate();
    gate.handleKeyframe(0);
    gate.handleRequest(at(100));
    expect([gate.takeForcedKeyframe(299), gate.takeForcedKeyframe(300)]).toEqual([false, true]);
  });

  it("means nothing when the last keyframe was still under way", () => {
    const gate = new KeyframeRequestGate();
    gate.handleKeyframe(0);
    gate.handleRequest(at(150, 200));
    expect(gate.takeForcedKeyframe(1000)).toBe(false);
  });

  it("believes no round trip above 500 ms", () => {
    const gate = new KeyframeRequestGate();
    gate.handleKeyframe(0);
    gate.handleRequest(at(500, 9000));
    expect(gate.takeForcedKeyframe(501)).toBe(true);
  });

  it("is answered by a keyframe that goes out anyway", () => {
    const gate = new KeyframeRequestGate();
    gate.handleRequest(at(0));
    gate.handleKeyframe(5);
    expect(gate.takeForcedKeyframe(1000)).toBe(false);
  });

  it("by FIR counts once per sequence number and sender", () => {
    const gate = new KeyframeRequestGate();
    const forced = [
      [1, 7],
      [1, 7],
      [1, 8],
      [2, 8],
    ].map(([senderSsrc = 0, sequenceNumber = 0], index) => {
      gate.handleFir({ senderSsrc, sequenceNumber }, at(index * 1000));
      return gate.takeForcedKeyframe(index * 1000);
    });
    expect(forced).toEqual([true, false, true, true]);
  });
});
