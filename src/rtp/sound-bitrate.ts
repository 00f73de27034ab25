/** What sound takes where there is enough, for each channel, in bits per second. */
const PLENTY_BPS_PER_CHANNEL = 32_000;
/** Its share of what the path bears, where pictures want the rest. */
const SHARE = 0.15;
/** Below these speech is hard to follow; copies for repair take a fifth of it. */
const LEAST_BPS = 16_000;
const LEAST_WITH_COPIES_BPS = 24_000;
/** What Opus can do (RFC 7587 §6.1). */
const LEAST_OF_OPUS_BPS = 6000;
/** Bitrates are rounded down to these, because each change costs a new encoder. */
const STEP_BPS = 8000;
/** How long a path has to bear less, or more and by how much, before the sound follows. */
const DOWN_MS = 1000;
const UP_MS = 5000;
const UP_MARGIN = 1.2;

export interface SoundBitrateOptions {
  readonly channels: 1 | 2;
  /** The most that the peer wants to receive (`maxaveragebitrate`), in bits per second. @default any */
  readonly maximumBps?: number | undefined;
}

/** What is known when a bitrate is chosen. */
export interface SoundBitrateUpdate {
  /** What the path bears in all, in bits per second; `undefined` where it is not estimated. */
  readonly pathBps: number | undefined;
  /** Whether packets carry copies of those before them. */
  readonly hasCopies: boolean;
  readonly nowMs: number;
}

/**
 * How many bits per second sound is encoded at: 32,000 per channel; on a narrow path 15 % of it, so that pictures keep the rest, but
 * never less than 16,000, or 24,000 with copies for repair, unless the peer wants less (RFC 7587 §6.1).
 */
export class SoundBitrate {
  readonly #options: SoundBitrateOptions;
  #bps: number | undefined;
  #lessSinceMs: number | undefined;
  #moreSinceMs: number | undefined;

  constructor(options: SoundBitrateOptions) {
    this.#options = options;
  }

  /** The bitrate to encode the next sound at. To be asked for each packet. */
  bpsFor({ pathBps, hasCopies, nowMs }: SoundBitrateUpdate): number {
    const wantedBps = this.#bounded(pathBps, hasCopies);
    const bps = (this.#bps ??= wantedBps);
    // Grown only where it would be granted with a margin: an estimate that wavers shall not change the encoder each time.
    const grownBps = pathBps === undefined ? wantedBps : this.#bounded(pathBps / UP_MARGIN, hasCopies);
    this.#lessSinceMs = wantedBps < bps ? (this.#lessSinceMs ?? nowMs) : undefined;
    this.#moreSinceMs = grownBps > bps ? (this.#moreSinceMs ?? nowMs) : undefined;
    const isLess = this.#lessSinceMs !== undefined && nowMs - this.#lessSinceMs >= DOWN_MS;
    const isMore = this.#moreSinceMs !== undefined && nowMs - this.#moreSinceMs >= UP_MS;
    if (isLess) this.#bps = wantedBps;
    else if (isMore) this.#bps = grownBps;
    return this.#bps;
  }

  #bounded(pathBps: number | undefined, hasCopies: boolean): number {
    const { channels, maximumBps = Infinity } = this.#options;
    const mostBps = Math.max(LEAST_OF_OPUS_BPS, Math.min(PLENTY_BPS_PER_CHANNEL * channels, maximumBps));
    const leastBps = hasCopies ? LEAST_WITH_COPIES_BPS : LEAST_BPS;
    const sharedBps = Math.floor(((pathBps ?? Infinity) * SHARE) / STEP_BPS) * STEP_BPS;
    return Math.min(mostBps, Math.max(leastBps, sharedBps));
  }
}
