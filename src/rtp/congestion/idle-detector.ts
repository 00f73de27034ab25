/** Below this share of the estimate the sender counts as having nothing to send, above it as using what it has. */
const USED_SHARE = 0.65;
/** How much of the last half second must have gone unused before the sender counts as idle, and no longer. */
const SPAN_MS = 500;
const IDLE_SHARE = 0.8;
const BUSY_SHARE = 0.5;

/**
 * Notices when the encoder sends less than the estimate allows (application-limited, ALR in libwebrtc): then what
 * arrives says nothing of what the path could bear (draft-ietf-rmcat-gcc-02 §5.5), and only a probe can find out.
 */
export class IdleDetector {
  #unusedBits = 0;
  #updatedAtMs: number | undefined;
  #idleSinceMs: number | undefined;

  /** Since when the sender has been idle; `undefined` while it is not. */
  get idleSinceMs(): number | undefined {
    return this.#idleSinceMs;
  }

  /** Notes bytes that left. @param allowedBps The estimate at that time. */
  handleSent(byteLength: number, allowedBps: number, nowMs: number): void {
    const elapsedMs = Math.min(SPAN_MS, nowMs - (this.#updatedAtMs ?? nowMs));
    this.#updatedAtMs = nowMs;
    const usedBps = allowedBps * USED_SHARE;
    const spanBits = (usedBps * SPAN_MS) / 1000;
    const unusedBits = this.#unusedBits + (usedBps * elapsedMs) / 1000 - byteLength * 8;
    this.#unusedBits = Math.min(spanBits, Math.max(-spanBits, unusedBits));
    const share = this.#unusedBits / spanBits;
    if (share > IDLE_SHARE) this.#idleSinceMs ??= nowMs;
    else if (share < BUSY_SHARE) this.#idleSinceMs = undefined;
  }
}
