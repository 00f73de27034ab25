import { describe, expect, it } from "vitest";
import { FrameSpacer } from "../../src/rtp/frame-spacer.ts";

/** A spacer whose frames are numbers, with a list of when each left: `3@66`. */
function setUp({ intervalMs = 30 } = {}) {
  const spacer = new FrameSpacer<{ readonly index: number; readonly timestampUs: number }>();
  const left: string[] = [];
  const note = (frames: readonly { readonly index: number }[], nowMs: number): void => {
    for (const { index } of frames) left.push(`${index}@${nowMs}`);
  };
  const push = (nowMs: number, ...indices: readonly number[]): void => {
    const frames = indices.map((index) => ({ index, timestampUs: index * intervalMs * 1000 }));
    note(spacer.push(frames, nowMs), nowMs);
  };
  /** @param lateMs How late timers are. */
  const pass = (untilMs: number, lateMs = 0): void => {
    for (let dueMs = spacer.nextTimerMs; dueMs !== undefined && dueMs + lateMs <= untilMs; dueMs = spacer.nextTimerMs) {
      note(spacer.takeDue(dueMs + lateMs), dueMs + lateMs);
    }
  };
  return { spacer, left, push, pass };
}

describe("frames that are ready", () => {
  it("leave at once, however unsteadily they come", () => {
    const { spacer, left, push } = setUp();
    push(0, 0);
    push(30, 1);
    push(76, 2);
    push(92, 3);
    expect(left).toEqual(["0@0", "1@30", "2@76", "3@92"]);
    expect(spacer.nextTimerMs).toBeUndefined();
  });

  it("follow each other at twice their speed after a stall, until they have caught up", () => {
    const { left, push, pass } = setUp();
    push(0, 0);
    push(180, 1, 2, 3, 4, 5, 6);
    pass(209);
    push(210, 7);
    pass(239);
    push(240, 8);
    pass(300);
    push(300, 9);
    expect(left).toEqual(["0@0", "1@180", "2@195", "3@210", "4@225", "5@240", "6@255", "7@270", "8@285", "9@300"]);
  });

  it("keep their pace when timers are late", () => {
    const { left, push, pass } = setUp();
    push(0, 0);
    push(180, 1, 2, 3, 4);
    pass(400, 10);
    expect(left).toEqual(["0@0", "1@180", "2@205", "3@220", "4@235"]);
  });

  it("are 20 ms apart at most when they come seldom", () => {
    const { left, push, pass } = setUp({ intervalMs: 500 });
    push(0, 0);
    push(2000, 1, 2, 3);
    pass(3000);
    expect(left).toEqual(["0@0", "1@2000", "2@2020", "3@2040"]);
  });

  it("follow more closely while many wait, and never more than sixty do", () => {
    const { spacer, left, push, pass } = setUp();
    push(0, 0);
    push(900, ...Array.from({ length: 30 }, (_, index) => index + 1));
    expect(spacer.length).toBe(29);
    pass(2000);
    expect(left.at(-1)).toBe("30@1230");
    push(5000, ...Array.from({ length: 61 }, (_, index) => index + 150));
    expect([spacer.length, left.length]).toEqual([0, 92]);
  });

  it("are forgotten when asked for", () => {
    const { spacer, left, push } = setUp();
    push(0, 0);
    push(60, 1, 2, 3);
    spacer.clear();
    expect(spacer.nextTimerMs).toBeUndefined();
    push(61, 7);
    expect(left).toEqual(["0@0", "1@60", "7@61"]);
  });
});
