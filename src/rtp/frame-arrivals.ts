import type { VideoReceiveSnapshot } from "./receive-snapshot.ts";

/** A picture that stands still for longer than this is a freeze. */
const FREEZE_MS = 500;

/** Counts the frames of a stream as they become ready to decode, and how steadily they do: `freezeCount` of W3C's webrtc-stats. */
export class FrameArrivals {
  #frameCount = 0;
  #keyframeCount = 0;
  #freezeCount = 0;
  #longestGapMs = 0;
  #assemblyMs = 0;
  #lastAtMs: number | undefined;

  get counts(): Pick<
    VideoReceiveSnapshot,
    "frameCount" | "keyframeCount" | "freezeCount" | "longestFrameGapMs" | "meanAssemblyMs"
  > {
    return {
      frameCount: this.#frameCount,
      keyframeCount: this.#keyframeCount,
      freezeCount: this.#freezeCount,
      longestFrameGapMs: this.#longestGapMs,
      meanAssemblyMs: this.#frameCount === 0 ? 0 : this.#assemblyMs / this.#frameCount,
    };
  }

  handleFrame({ keyframe, firstReceivedAtMs }: { keyframe: boolean; firstReceivedAtMs: number }, nowMs: number): void {
    const gapMs = nowMs - (this.#lastAtMs ?? nowMs);
    this.#lastAtMs = nowMs;
    this.#frameCount += 1;
    if (keyframe) this.#keyframeCount += 1;
    if (gapMs > FREEZE_MS) this.#freezeCount += 1;
    this.#longestGapMs = Math.max(this.#longestGapMs, gapMs);
    this.#assemblyMs += nowMs - firstReceivedAtMs;
  }
}
