import { describe, expect, test } from "vitest";
import { TimingWindow } from "../../src/session/timing-window.ts";

describe("a timing window", () => {
  test("knows nothing before the first duration", () => {
    expect(new TimingWindow().read()).toBeUndefined();
  });

  test("gives mean, 95th percentile and maximum of what was noted", () => {
    const window = new TimingWindow();
    for (let durationMs = 100; durationMs >= 1; durationMs -= 1) window.note(durationMs);
    expect(window.read()).toEqual({ count: 100, meanMs: 50.5, p95Ms: 95, maxMs: 100 });
  });

  test("forgets what is older than the last 128 durations", () => {
    const window = new TimingWindow();
    window.note(5000);
    for (let index = 0; index < 128; index += 1) window.note(2);
    expect(window.read()).toEqual({ count: 128, meanMs: 2, p95Ms: 2, maxMs: 2 });
  });

  test("takes a negative duration for none", () => {
    const window = new TimingWindow();
    window.note(-3);
    expect(window.read()).toEqual({ count: 1, meanMs: 0, p95Ms: 0, maxMs: 0 });
  });
});
