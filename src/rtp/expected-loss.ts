/** From which loss on copies are made, for how many per cent of loss, the highest first. */
const LEVELS = [
  { fromFraction: 0.12, percent: 20 },
  { fromFraction: 0.02, percent: 10 },
] as const;
/** Below this nothing need be prepared for. */
const CALM_FRACTION = 0.01;
/** How much a report counts against those before it. */
const SMOOTHING = 0.4;

export interface ExpectedLossOptions {
  /** How long the loss has to be below 1 % before nothing is expected any more, in milliseconds. @default 20000 */
  readonly calmMs?: number;
}

/**
 * For what share of lost packets a sender is to prepare, from the peer's reports: an Opus encoder in the first place. Copies for repair (in-band FEC, RFC 6716 §2.1.7) take
 * bits from the sound itself, so that they are made only where there is loss; and at 32 kbit/s libopus makes none for less than 10 %.
 * A change costs a new encoder: the way up is quick, the way down slow.
 */
export class ExpectedLoss {
  readonly #calmMs: number;
  #percent: 0 | 10 | 20 = 0;
  #smoothed = 0;
  #calmSinceMs: number | undefined;

  constructor({ calmMs = 20_000 }: ExpectedLossOptions = {}) {
    this.#calmMs = calmMs;
  }

  /** In per cent; 0 means that no copies are needed. */
  get percent(): 0 | 10 | 20 {
    return this.#percent;
  }

  /** @param fractionLost Share of packets lost since the report before: 0 to 1. */
  handleReport(fractionLost: number, nowMs: number): void {
    this.#smoothed += (fractionLost - this.#smoothed) * SMOOTHING;
    const level = LEVELS.find(({ fromFraction }) => this.#smoothed >= fromFraction)?.percent ?? 0;
    if (level > this.#percent) this.#percent = level;
    if (this.#smoothed >= CALM_FRACTION) {
      this.#calmSinceMs = undefined;
      return;
    }
    this.#calmSinceMs ??= nowMs;
    if (nowMs - this.#calmSinceMs >= this.#calmMs) this.#percent = 0;
  }
}
