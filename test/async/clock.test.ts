import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/async/clock.ts";

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("waits longer than the 24.8 days that a timer of JavaScript knows ring when they are due, and can be cancelled", () => {
  const rung: string[] = [];
  systemClock.after(30 * DAY_MS, () => rung.push("30 days"));
  const cancel = systemClock.after(50 * DAY_MS, () => rung.push("50 days"));
  systemClock.after(Infinity, () => rung.push("never"));
  vi.advanceTimersByTime(30 * DAY_MS - 1);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(rung).toEqual(["30 days"]);
  cancel();
  vi.advanceTimersByTime(100 * DAY_MS);
  expect(rung).toEqual(["30 days"]);
});

test("a sleep ends with its signal's reason, and leaves no timer", async () => {
  const stop = new AbortController();
  const slept = systemClock.sleep(30 * DAY_MS, stop.signal);
  stop.abort(new Error("enough"));
  await expect(slept).rejects.toThrow("enough");
  await expect(systemClock.sleep(1, stop.signal)).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
});
