import { describe, expect, it } from "vitest";
import type { DegradationPreference } from "../../../src/session/media-options.ts";
import { VideoAdaptation } from "../../../src/transports/webrtc/video-adaptation.ts";

const SIZE = { width: 640, height: 480 };

/** The sizes of a second of pictures, 30 of them, at each bitrate in turn: what it ends with, and how many passed. */
function seconds(adaptation: VideoAdaptation, bitrates: readonly number[], size = SIZE): string[] {
  let nowMs = 0;
  return bitrates.map((bitrateBps) => {
    let last = "none";
    let count = 0;
    for (let frame = 0; frame < 30; frame += 1, nowMs += 1000 / 30) {
      const fitted = adaptation.fit(size, { bitrateBps, nowMs });
      if (!fitted) continue;
      last = `${fitted.width}x${fitted.height}`;
      count += 1;
    }
    return `${last}@${count}`;
  });
}

const settled = (preference: DegradationPreference, bitrateBps: number): string | undefined =>
  seconds(new VideoAdaptation(preference), [1e6, ...Array.from({ length: 10 }, () => bitrateBps)]).at(-1);

describe("VideoAdaptation", () => {
  it("leaves pictures alone while there are bits for them", () => {
    expect(seconds(new VideoAdaptation(), [1e6, 300_000, 2e6])).toEqual(["640x480@30", "640x480@30", "640x480@30"]);
  });

  it.each([
    ["maintain-framerate", "320x240@30"],
    ["maintain-resolution", "640x480@10"],
    ["balanced", "320x240@20"],
  ] as const)("with %s, 110 kbit/s become %s", (preference, expected) => {
    expect(settled(preference, 110_000)).toBe(expected);
  });

  it("goes down after a second of need, and up after four of plenty, one rung at a time", () => {
    const down = seconds(new VideoAdaptation(), [1e6, 200_000, 200_000]);
    expect(down).toEqual(["640x480@30", "640x480@30", "480x360@30"]);
    const adaptation = new VideoAdaptation();
    seconds(adaptation, [1e6, 100_000, 100_000, 100_000, 100_000]);
    expect(
      seconds(
        adaptation,
        Array.from({ length: 10 }, () => 1e6),
      ),
    ).toEqual(expect.arrayContaining(["320x240@30", "480x360@30", "640x480@30"]));
  });

  it("does not swing between two sizes when the bitrate swings by a fifth", () => {
    const adaptation = new VideoAdaptation();
    seconds(adaptation, [200_000, 200_000]);
    const swinging = Array.from({ length: 40 }, (_, second) => (second % 3 === 0 ? 240_000 : 200_000));
    expect(new Set(seconds(adaptation, swinging))).toEqual(new Set(["480x360@30"]));
  });

  it("begins small where the path is known to be slow", () => {
    expect(seconds(new VideoAdaptation(), [60_000])).toEqual(["240x180@30"]);
  });

  it("goes down at once, as far as need be but once per second, when there are less than half the bits", () => {
    const adaptation = new VideoAdaptation();
    adaptation.fit(SIZE, { bitrateBps: 1e6, nowMs: 0 });
    expect(adaptation.fit(SIZE, { bitrateBps: 100_000, nowMs: 33 })).toEqual({ width: 320, height: 240 });
    expect(adaptation.fit(SIZE, { bitrateBps: 30_000, nowMs: 66 })).toEqual({ width: 320, height: 240 });
    expect(adaptation.fit(SIZE, { bitrateBps: 30_000, nowMs: 1033 })).toEqual({ width: 160, height: 120 });
  });

  it("keeps small pictures and odd shapes usable: sides are even, and never tiny", () => {
    const adaptation = new VideoAdaptation();
    expect(adaptation.fit({ width: 160, height: 120 }, { bitrateBps: 10_000, nowMs: 0 })).toEqual({
      width: 160,
      height: 120,
    });
    expect(new VideoAdaptation().fit({ width: 641, height: 479 }, { bitrateBps: 110_000, nowMs: 0 })).toEqual({
      width: 320,
      height: 240,
    });
  });
});
