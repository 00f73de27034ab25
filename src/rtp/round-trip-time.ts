import { compactNtp, compactNtpToMs, ntpFromWallMs } from "./ntp-time.ts";
import type { ReportBlock } from "./rtcp/report-block.ts";

/** Longer ones come from clocks gone wrong or made-up reports. */
const MAX_ROUND_TRIP_MS = 10_000;

/** Measures the round-trip time to the peer from its answers to our sender reports (RFC 3550 §6.4.1), smoothed. */
export class RoundTripTime {
  #smoothedMs: number | undefined;

  /** In milliseconds; `undefined` until a report block has answered a sender report. */
  get currentMs(): number | undefined {
    return this.#smoothedMs;
  }

  /**
   * @param wallMs When the block arrived, on the clock that our sender reports carry: milliseconds since the Unix
   * epoch.
   */
  handleReportBlock({ lastSenderReport, delaySinceLastSenderReport }: ReportBlock, wallMs: number): void {
    if (lastSenderReport === 0) return;
    const arrival = compactNtp(ntpFromWallMs(wallMs));
    const elapsed = (arrival - lastSenderReport - delaySinceLastSenderReport) | 0;
    // Clocks that tick differently can make a short round trip look negative.
    const measuredMs = Math.max(1, compactNtpToMs(elapsed));
    if (measuredMs > MAX_ROUND_TRIP_MS) return;
    this.#smoothedMs =
      this.#smoothedMs === undefined ? measuredMs : this.#smoothedMs + (measuredMs - this.#smoothedMs) / 4;
  }
}
