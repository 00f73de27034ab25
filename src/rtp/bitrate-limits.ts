/** Between which bitrates a stream moves, and where it begins, in bits per second. */
export interface BitrateLimits {
  readonly minimumBps: number;
  readonly startBps: number;
  readonly maximumBps: number;
}

/** Sharp at 640x480 and 30 frames per second, and still fair at 1280x720. */
export const DEFAULT_BITRATE_LIMITS: BitrateLimits = {
  minimumBps: 150_000,
  startBps: 1_500_000,
  maximumBps: 2_500_000,
};

export function clampBitrate(bps: number, { minimumBps, maximumBps }: BitrateLimits): number {
  return Math.round(Math.min(maximumBps, Math.max(minimumBps, bps)));
}

/** Share of lost packets below which the network is taken to have room (draft-ietf-rmcat-gcc-02 §6). */
export const LOW_LOSS = 0.02;
/** Share of lost packets above which it is taken to be full. */
export const HIGH_LOSS = 0.1;
