import { describe, expect, it } from "vitest";
import { MediaTimeline } from "../../../src/transports/webrtc/media-timeline.ts";

const FRAME_US = 33_333;

describe("MediaTimeline", () => {
  it("keeps the rhythm of the camera, whatever rhythm the handler has", () => {
    const timeline = new MediaTimeline();
    const placed = Array.from({ length: 10 }, (_, index) =>
      timeline.place(index * FRAME_US, 5_000_000 + index * FRAME_US + (index % 3) * 4000),
    );
    const steps = placed.slice(1).map((at, index) => at - (placed[index] ?? 0));
    for (const step of steps) expect(Math.abs(step - FRAME_US)).toBeLessThanOrEqual(100);
  });

  it("does not hold the slow start of the first frame against all others, so that sound and picture stay in step", () => {
    const timeline = new MediaTimeline();
    let lateUs = 0;
    for (let index = 0; index < 100; index += 1) {
      const nowUs = 5_000_000 + index * FRAME_US + (index === 0 ? 60_000 : 10_000);
      lateUs = timeline.place(index * FRAME_US, nowUs) - nowUs;
    }
    expect(Math.abs(lateUs)).toBeLessThan(100);
  });

  it("follows a camera whose clock is slow", () => {
    const timeline = new MediaTimeline();
    let errorUs = 0;
    for (let index = 0; index < 30 * 600; index += 1) {
      const nowUs = index * FRAME_US;
      errorUs = timeline.place(nowUs * (1 - 200e-6), nowUs) - nowUs;
    }
    expect(Math.abs(errorUs)).toBeLessThan(1000);
  });

  it("takes the present for frames without a time, and for those of another origin", () => {
    const timeline = new MediaTimeline();
    expect(timeline.place(undefined, 1_000_000)).toBe(1_000_000);
    expect(timeline.place(0, 2_000_000)).toBe(2_000_000);
    expect(timeline.place(7_000_000, 2_033_000)).toBe(2_033_000);
    expect(timeline.place(undefined, 2_033_000)).toBe(2_034_000);
  });
});
