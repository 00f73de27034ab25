import { type BitrateLimits, clampBitrate, DEFAULT_BITRATE_LIMITS, HIGH_LOSS, LOW_LOSS } from "./bitrate-limits.ts";

/** How fast the limit grows per second: at first, while no packet was lost, and later. */
const EAGER_GROWTH_PER_S = 4;
const CALM_GROWTH_PER_S = 1.15;

/**
 * Decides how much the peer may send us, to be told as REMB. A browser begins at 300 kbit/s and climbs slowly by
 * itself, but during its first two seconds it jumps to what REMB allows: so this begins high and doubles twice a second
 * until something is lost. Above 10 % of loss it falls by half of the loss (draft-ietf-rmcat-gcc-02 §6); between 2 and
 * 10 % it stays.
 */
export class ReceiveBitrate {
  readonly #limits: BitrateLimits;
  #currentBps: number;
  #eager = true;
  #updatedAtMs: number | undefined;

  constructor(limits: BitrateLimits = DEFAULT_BITRATE_LIMITS) {
    this.#limits = limits;
    this.#currentBps = clampBitrate(limits.startBps, limits);
  }

  /** In bits per second. */
  get currentBps(): number {
    return Math.round(this.#currentBps);
  }

  /** Notes the share of packets lost (0 to 1) since the last time. */
  update(fractionLost: number, nowMs: number): void {
    const elapsedS = Math.min(1, (nowMs - (this.#updatedAtMs ?? nowMs)) / 1000);
    this.#updatedAtMs = nowMs;
    if (fractionLost >= LOW_LOSS) this.#eager = false;
    if (fractionLost > HIGH_LOSS) this.#set(this.#currentBps * (1 - fractionLost / 2));
    else if (fractionLost < LOW_LOSS) {
      this.#set(this.#currentBps * (this.#eager ? EAGER_GROWTH_PER_S : CALM_GROWTH_PER_S) ** elapsedS);
    }
  }

  #set(bps: number): void {
    this.#currentBps = clampBitrate(bps, this.#limits);
  }
}
