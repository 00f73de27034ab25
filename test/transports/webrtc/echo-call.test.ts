import { expect, test } from "vitest";
import { loudest } from "../../support/tones.ts";
import { echoCall, soundOf } from "./echo-call.ts";

const AMPLITUDE = 0.4;

test.each([
  { sampleRate: 48_000, channels: 1 },
  { sampleRate: 48_000, channels: 2 },
  { sampleRate: 44_100, channels: 1 },
  { sampleRate: 24_000, channels: 2 },
  { sampleRate: 24_000, channels: 1 },
  { sampleRate: 16_000, channels: 1 },
  { sampleRate: 8000, channels: 1 },
] as const)(
  "an echo at $sampleRate Hz with $channels channel(s) loses no packet, keeps its delay, and is as loud as it went",
  { timeout: 60_000 },
  async ({ sampleRate, channels }) => {
    const packetCount = 400;
    const { lastPayloads, ...result } = await echoCall({ packetCount, sampleRate, channels, amplitude: AMPLITUDE });
    // What a resampler holds back at the end is filled up with silence.
    expect(result).toMatchObject({ packetCount, jumpCount: 0, waitingMs: 0, errors: [] });
    expect(result.lastDelayMs).toBeLessThanOrEqual(result.firstDelayMs + 16);
    const { frequency, amplitude } = loudest((await soundOf(lastPayloads)).slice(48_000));
    expect(Math.abs(frequency - 1000)).toBeLessThan(1);
    expect(Math.abs(20 * Math.log10(amplitude / AMPLITUDE))).toBeLessThan(0.5);
  },
);
