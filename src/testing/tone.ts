import { FastRtcError } from "../errors.ts";
import { AudioFrame } from "../media/audio-frame.ts";

/** What `tone` makes. */
export interface ToneOptions {
  /** @default 440 */
  frequencyHz?: number;
  /** @default 1000 */
  durationMs?: number;
  /** From 0 to 1. @default 0.5 */
  amplitude?: number;
  /** @default 48000 */
  sampleRate?: number;
}

/**
 * A sine to feed to a handler, mono.
 * @throws {FastRtcError} `invalid_argument` for a value out of its range.
 */
export function tone({
  frequencyHz = 440,
  durationMs = 1000,
  amplitude = 0.5,
  sampleRate = 48_000,
}: ToneOptions = {}): AudioFrame {
  if (!(amplitude >= 0 && amplitude <= 1)) throw outOfRange("amplitude lies between 0 and 1", amplitude);
  if (!(frequencyHz >= 0 && frequencyHz <= sampleRate / 2)) {
    throw outOfRange("frequencyHz lies between 0 and half the sample rate", frequencyHz);
  }
  const samples = Int16Array.from({ length: lengthOf(durationMs, sampleRate) }, (_, index) =>
    Math.round(32_767 * amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRate)),
  );
  return new AudioFrame({ samples, sampleRate });
}

/**
 * Silence to feed to a handler, mono: the pause after which it answers, for instance.
 * @throws {FastRtcError} `invalid_argument` for a duration that is none.
 */
export function silence(durationMs: number, { sampleRate = 48_000 }: { sampleRate?: number } = {}): AudioFrame {
  return new AudioFrame({ samples: new Int16Array(lengthOf(durationMs, sampleRate)), sampleRate });
}

function lengthOf(durationMs: number, sampleRate: number): number {
  if (durationMs >= 0 && durationMs <= 3_600_000) return Math.round((durationMs * sampleRate) / 1000);
  throw outOfRange("durationMs lies between 0 and an hour", durationMs);
}

function outOfRange(rule: string, value: number): FastRtcError {
  return new FastRtcError("invalid_argument", `${rule}; ${value} does not.`);
}
