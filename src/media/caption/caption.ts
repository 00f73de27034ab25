import type { I420Planes } from "../i420.ts";
import { type CaptionOptions, parseCaptionLines, parseCaptionOptions } from "./caption-options.ts";
import { RecentCache } from "../recent-cache.ts";
import type { CaptionTarget } from "./masks.ts";
import { drawStamp, makeStamp, type Stamp } from "./stamp.ts";

/** Captions that were drawn lately, by all that decides how they look. */
const recentStamps = new RecentCache<{ stamp: Stamp | undefined }>(8_000_000);

/**
 * Writes text onto a picture. A text is drawn once for a size of picture and remembered, so that the frames that
 * follow only pay for the pixels it covers.
 * @throws {FastRtcError} `invalid_argument` with the name of the option that is wrong.
 */
export function drawCaption(
  planes: I420Planes,
  target: CaptionTarget,
  lines: string | readonly string[],
  options: CaptionOptions,
): void {
  const { corner, color, background, size, margin } = options;
  const { width, height, rotation, colorSpace } = target;
  const key = JSON.stringify([width, height, rotation, colorSpace, corner, color, background, size, margin, lines]);
  let known = recentStamps.get(key);
  if (!known) {
    known = { stamp: makeStamp(parseCaptionLines(lines), parseCaptionOptions(options), target) };
    const samples = known.stamp ? known.stamp.keepLuma.length + 1.5 * known.stamp.keepChroma.length : 0;
    recentStamps.add(key, known, 4 * samples + 2 * key.length + 200);
  }
  if (known.stamp) drawStamp(known.stamp, planes);
}
