import { describe, expect, test } from "vitest";
import { SoundBitrate, type SoundBitrateOptions } from "../../src/rtp/sound-bitrate.ts";

/** What a path that bears so much, and has always done, leaves for sound. */
function settled(pathBps: number | undefined, options: Partial<SoundBitrateOptions> & { hasCopies?: boolean } = {}) {
  const { hasCopies = false, channels = 1, maximumBps } = options;
  return new SoundBitrate({ channels, maximumBps }).bpsFor({ pathBps, hasCopies, nowMs: 0 });
}

describe("the bitrate of sound", () => {
  test("is 32 kbit/s per channel where there is enough, or nothing is known of the path", () => {
    expect([settled(undefined), settled(undefined, { channels: 2 }), settled(2_000_000)]).toEqual([
      32_000, 64_000, 32_000,
    ]);
  });

  test("is 15 % of a narrow path, in whole steps", () => {
    const paths = [600_000, 300_000, 220_000, 200_000, 150_000];
    expect(paths.map((pathBps) => settled(pathBps))).toEqual([32_000, 32_000, 32_000, 24_000, 16_000]);
    expect(paths.map((pathBps) => settled(pathBps, { channels: 2 }))).toEqual([64_000, 40_000, 32_000, 24_000, 16_000]);
  });

  test("is never below what speech needs, with copies or without, unless the peer wants less", () => {
    expect(settled(40_000)).toBe(16_000);
    expect(settled(40_000, { hasCopies: true })).toBe(24_000);
    expect(settled(undefined, { maximumBps: 12_000 })).toBe(12_000);
    expect(settled(undefined, { maximumBps: 1 })).toBe(6000);
    expect(settled(undefined, { maximumBps: 510_000 })).toBe(32_000);
  });

  test("falls after a second on a narrower path, and rises after five on one that is wider by more than a fifth", () => {
    const bitrate = new SoundBitrate({ channels: 1 });
    const changes: [atMs: number, bps: number][] = [];
    const path = (nowMs: number): number => (nowMs < 1000 ? 1_000_000 : nowMs < 10_000 ? 120_000 : 300_000);
    for (let nowMs = 0; nowMs < 20_000; nowMs += 20) {
      const bps = bitrate.bpsFor({ pathBps: path(nowMs), hasCopies: false, nowMs });
      if (bps !== changes.at(-1)?.[1]) changes.push([nowMs, bps]);
    }
    expect(changes).toEqual([
      [0, 32_000],
      [2000, 16_000],
      [15_000, 32_000],
    ]);
  });

  test("keeps still while an estimate wavers about a step", () => {
    const bitrate = new SoundBitrate({ channels: 1 });
    const seen = new Set<number>();
    for (let nowMs = 0; nowMs < 60_000; nowMs += 20) {
      const pathBps = nowMs === 0 ? 200_000 : 213_000 * (1 + 0.1 * Math.sin(nowMs / 300));
      seen.add(bitrate.bpsFor({ pathBps, hasCopies: false, nowMs }));
    }
    expect([...seen]).toEqual([24_000]);
  });
});
