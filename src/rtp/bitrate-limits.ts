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

/**
 * The same for everything that a connection sends, where the peer's feedback tells what the path bears. More than
 * `DEFAULT_BITRATE_LIMITS` at the top: the pacer is to know a fast path, so that it holds nothing back there.
 */
export const TRANSPORT_BITRATE_LIMITS: BitrateLimits = {
  minimumBps: 40_000,
  startBps: 1_000_000,
  maximumBps: 10_000_000,
};

/** What pictures take at least and at most, where the path is known. */
export const VIDEO_BITRATE_LIMITS: BitrateLimits = { minimumBps: 30_000, startBps: 1_000_000, maximumBps: 2_500_000 };

export function clampBitrate(bps: number, { minimumBps, maximumBps }: BitrateLimits): number {
  return Math.round(Math.min(maximumBps, Math.max(minimumBps, bps)));
}

/** Share of lost packets below which the network is taken to have room (draft-ietf-rmcat-gcc-02 §6). */
export const LOW_LOSS = 0.02;
/** Share of lost packets above which it is taken to be full. */
export const HIGH_LOSS = 0.1;
