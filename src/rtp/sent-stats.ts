import { ntpFromWallMs } from "./ntp-time.ts";
import type { SenderReport } from "./rtcp/sender-report.ts";
import { wrapTimestamp } from "./sequence.ts";

export interface SentStatsOptions {
  readonly ssrc: number;
  /** Ticks of the RTP clock per second. */
  readonly clockRate: number;
  /**
   * Milliseconds since the Unix epoch at the caller's time 0. One offset for all streams of a peer, taken once,
   * keeps audio and video in step even when the machine's wall clock is set.
   */
  readonly wallOffsetMs: number;
}

/**
 * Counts what a stream has sent and makes its sender reports, which map RTP timestamps to wall-clock time (RFC 3550
 * §6.4.1).
 */
export class SentStats {
  readonly #ssrc: number;
  readonly #ticksPerMs: number;
  readonly #wallOffsetMs: number;
  #packetCount = 0;
  #octetCount = 0;
  #lastRtpTimestamp = 0;
  #lastFrameAtMs: number | undefined;

  constructor({ ssrc, clockRate, wallOffsetMs }: SentStatsOptions) {
    this.#ssrc = ssrc;
    this.#ticksPerMs = clockRate / 1000;
    this.#wallOffsetMs = wallOffsetMs;
  }

  get packetCount(): number {
    return this.#packetCount;
  }

  /** Bytes of payload, without headers and padding. */
  get octetCount(): number {
    return this.#octetCount;
  }

  /** Notes that a frame goes out whose RTP timestamp (unwrapped or not) stands for `nowMs`. */
  handleFrame(rtpTimestamp: number, nowMs: number): void {
    this.#lastRtpTimestamp = rtpTimestamp;
    this.#lastFrameAtMs = nowMs;
  }

  handlePacket(payloadByteLength: number): void {
    this.#packetCount += 1;
    this.#octetCount += payloadByteLength;
  }

  /** The report for `nowMs`, or `undefined` before anything was sent. */
  report(nowMs: number): SenderReport | undefined {
    if (this.#lastFrameAtMs === undefined) return undefined;
    const ticksSince = (nowMs - this.#lastFrameAtMs) * this.#ticksPerMs;
    return {
      type: "sender-report",
      ssrc: this.#ssrc,
      ntpTime: ntpFromWallMs(nowMs + this.#wallOffsetMs),
      rtpTimestamp: wrapTimestamp(this.#lastRtpTimestamp + ticksSince),
      packetCount: this.#packetCount % 0x1_0000_0000,
      octetCount: this.#octetCount % 0x1_0000_0000,
      reports: [],
    };
  }
}
