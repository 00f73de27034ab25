import { expect, test } from "vitest";
import { OwnLateness } from "../../../src/transports/webrtc/own-lateness.ts";

/** Looks at times given as `[now, idle so far]`, in milliseconds. */
function look(...times: readonly (readonly [nowMs: number, idleMs: number])[]): boolean[] {
  let idle = 0;
  const lateness = new OwnLateness({ idleMs: () => idle });
  return times.map(([nowMs, idleMs]) => {
    idle = idleMs;
    return lateness.isBehindAt(nowMs);
  });
}

test("a thread that did not rest between two packets was late, and is for the 30 ms that its backlog takes", () => {
  expect(look([0, 0], [33, 30], [300, 35], [301, 35], [330, 60], [331, 61], [360, 90])).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("a network that stood still is not the thread's fault, whatever else it did meanwhile", () => {
  expect(look([0, 0], [500, 480], [1000, 760])).toEqual([false, false, false]);
});

test("nothing is late where nobody knows how long the thread was idle", () => {
  const lateness = new OwnLateness({});
  expect([0, 500, 1000].map((nowMs) => lateness.isBehindAt(nowMs))).toEqual([false, false, false]);
});
