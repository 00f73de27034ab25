import type { ManualClock } from "./manual-clock.ts";

/** Resolves when all that could go on without time passing has gone on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Moves time in steps, and lets go on after each what the step set free. */
export async function advanceBy(clock: ManualClock, ms: number, stepMs = ms): Promise<void> {
  await turn();
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    clock.advance(Math.min(stepMs, ms - passedMs));
    await turn();
  }
}
