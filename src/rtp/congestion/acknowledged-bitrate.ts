import type { ArrivedPacket } from "./packet-result.ts";

/** Over how long arrivals are counted for one sample: the first, and the others. */
const FIRST_WINDOW_MS = 500;
const WINDOW_MS = 150;
/** How little a sample is believed that differs much; while the sender has little to send, a low one is believed less. */
const DOUBT = 10;
const DOUBT_WHILE_IDLE = 20;
const FIRST_VARIANCE = 50;
const VARIANCE_GROWTH = 5;
const VARIANCE_OF_CHANGE = 200;

/**
 * How many bits per second really arrive at the peer, R_hat of draft-ietf-rmcat-gcc-02 §5.5. Samples of 150 ms, weighed by how likely they are beside what was
 * known before (a Bayesian estimate of one variable, as in libwebrtc).
 */
export class AcknowledgedBitrate {
  #bytes = 0;
  #windowMs = 0;
  #lastMs: number | undefined;
  #kbps: number | undefined;
  #variance = FIRST_VARIANCE;

  /** In bits per second; `undefined` in the first half second. */
  get currentBps(): number | undefined {
    return this.#kbps === undefined ? undefined : this.#kbps * 1000;
  }

  /** Takes packets in the order of their arrival. @param isIdle Whether the sender sends less than it might. */
  add({ arrivedAtMs, byteLength }: ArrivedPacket, isIdle: boolean): void {
    const sampleKbps = this.#sample(arrivedAtMs, byteLength);
    if (sampleKbps === undefined) return;
    if (this.#kbps === undefined) {
      this.#kbps = sampleKbps;
      return;
    }
    const doubt = isIdle && sampleKbps < this.#kbps ? DOUBT_WHILE_IDLE : DOUBT;
    const sampleVariance = ((doubt * Math.abs(this.#kbps - sampleKbps)) / Math.max(1, this.#kbps)) ** 2;
    const variance = this.#variance + VARIANCE_GROWTH;
    this.#kbps = (sampleVariance * this.#kbps + variance * sampleKbps) / (sampleVariance + variance);
    this.#variance = (sampleVariance * variance) / (sampleVariance + variance);
  }

  /** Believes the next samples more: what is sent has just changed. */
  expectChange(): void {
    this.#variance += VARIANCE_OF_CHANGE;
  }

  /** Begins a new sample: what arrived before the next packet is not known. */
  handleGap(): void {
    this.#restart();
  }

  #sample(nowMs: number, byteLength: number): number | undefined {
    const windowMs = this.#kbps === undefined ? FIRST_WINDOW_MS : WINDOW_MS;
    if (this.#lastMs !== undefined && nowMs < this.#lastMs - windowMs) this.#restart();
    let sampleKbps: number | undefined;
    if (this.#lastMs !== undefined) {
      const elapsedMs = Math.max(0, nowMs - this.#lastMs);
      this.#windowMs += elapsedMs;
      if (elapsedMs > windowMs) {
        this.#bytes = 0; // A pause says nothing of the path.
        this.#windowMs %= windowMs;
      } else if (this.#windowMs >= windowMs) {
        sampleKbps = (this.#bytes * 8) / windowMs;
        this.#bytes = 0;
        this.#windowMs -= windowMs;
      }
    }
    this.#lastMs = Math.max(nowMs, this.#lastMs ?? nowMs);
    this.#bytes += byteLength;
    return sampleKbps;
  }

  #restart(): void {
    this.#bytes = 0;
    this.#windowMs = 0;
    this.#lastMs = undefined;
  }
}
