import { type BitrateLimits, clampBitrate, DEFAULT_BITRATE_LIMITS, HIGH_LOSS, LOW_LOSS } from "./bitrate-limits.ts";

const GROWTH_PER_S = 1.25;

/**
 * The bitrate that the encoder should aim for: what the peer's loss reports let it reach, never above what its REMB
 * allows. Below 2 % of loss it grows, above 10 % it falls by half of the loss (draft-ietf-rmcat-gcc-02 §6).
 */
export class SendBitrate {
  readonly #limits: BitrateLimits;
  #lossBasedBps: number;
  #rembBps = Infinity;
  #reportedAtMs: number | undefined;

  constructor(limits: BitrateLimits = DEFAULT_BITRATE_LIMITS) {
    this.#limits = limits;
    this.#lossBasedBps = clampBitrate(limits.startBps, limits);
  }

  /** In bits per second. */
  get targetBps(): number {
    return clampBitrate(Math.min(this.#lossBasedBps, this.#rembBps), this.#limits);
  }

  /** Notes the peer's REMB. */
  handleRemb(bitrateBps: number): void {
    this.#rembBps = bitrateBps;
  }

  /** Notes the share of packets that the peer reports as lost, 0 to 1. */
  handleLoss(fractionLost: number, nowMs: number): void {
    const elapsedS = Math.min(1, (nowMs - (this.#reportedAtMs ?? nowMs)) / 1000);
    this.#reportedAtMs = nowMs;
    let bps = this.#lossBasedBps;
    if (fractionLost > HIGH_LOSS) bps *= 1 - fractionLost / 2;
    else if (fractionLost < LOW_LOSS) bps *= GROWTH_PER_S ** elapsedS;
    // Far above the peer's REMB it would take long to come down again.
    this.#lossBasedBps = clampBitrate(Math.min(bps, this.#rembBps * 1.5), this.#limits);
  }
}
