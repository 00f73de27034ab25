import type { Sample } from "../parts/bench-page.ts";
import { percentile } from "../report/statistics.ts";

/** A pause that everybody notices, in milliseconds. */
const FREEZE_MS = 500;

/** How the returned pictures of a stretch of time were. */
export interface PictureFigures {
  readonly fps: number;
  /** From drawing to showing, in milliseconds; NaN when nothing came. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Pauses of more than 500 ms, those at the beginning and the end of the stretch included. */
  readonly freezes: number;
  readonly longestPauseMs: number;
}

/** @param fromMs,toMs the stretch, on the page's clock, within which the samples were taken */
export function pictureFigures(samples: readonly Sample[], fromMs: number, toMs: number): PictureFigures {
  const latenciesMs = samples.flatMap(({ number, shownAtMs, drawnAtMs }) =>
    number === undefined ? [] : [shownAtMs - drawnAtMs],
  );
  const momentsMs = [fromMs, ...samples.map(({ shownAtMs }) => shownAtMs), toMs];
  const pausesMs = momentsMs.slice(1).map((ms, index) => ms - (momentsMs[index] ?? ms));
  // By the browser's own count, which includes those that the callback was too late for.
  const presented = (samples.at(-1)?.presentedFrames ?? 0) - (samples[0]?.presentedFrames ?? 0);
  return {
    fps: (presented / (toMs - fromMs)) * 1000,
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    freezes: pausesMs.filter((ms) => ms > FREEZE_MS).length,
    longestPauseMs: Math.max(...pausesMs),
  };
}
