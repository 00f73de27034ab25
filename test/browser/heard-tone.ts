import type { Page } from "playwright-core";
import { expect } from "vitest";
import { loudest, whereLoudest } from "../support/tones.ts";
import { audioCallUntil, record } from "./audio-call.ts";

/** How loud the tones of these tests are. */
export const AMPLITUDE = 0.4;

/** Within 5 Hz and 3 dB. */
function isTone(samples: ArrayLike<number>, frequency: number): boolean {
  const peak = loudest(samples);
  return Math.abs(peak.frequency - frequency) < 5 && Math.abs(20 * Math.log10(peak.amplitude / AMPLITUDE)) < 3;
}

/** @throws When it is another frequency, or not as loud as it went. */
export function expectTone(samples: ArrayLike<number>, frequency: number): void {
  expect([isTone(samples, frequency), loudest(samples)]).toEqual([true, expect.anything()]);
}

/** How many times half a second is listened to until a third of it is without a gap. */
const MAX_RECORDINGS = 40;

/**
 * Waits until the page hears the tone for a third of a second, as loud as it went: a gain that is wrong never comes to that. A
 * machine that is busy makes holes in Chromium's microphone and in its playback; that none are the server's is shown by
 * `transports/webrtc/sound-to-the-packet.test.ts`.
 */
export async function hearsTone(page: Page, frequency: number, recordings = MAX_RECORDINGS): Promise<void> {
  await audioCallUntil(page, ({ packetsReceived }) => packetsReceived > 10);
  let heard: number[] = [];
  for (let count = 0; count < recordings && !isTone(heard, frequency); count += 1) {
    const { returned } = await record(page, 0.5);
    heard = returned.slice(whereLoudest(returned, frequency));
  }
  expectTone(heard, frequency);
}
