import { type Clock, systemClock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import { checkOptionNames, type OptionNames } from "./option-names.ts";
import type { SessionRegistry } from "./session-registry.ts";

/** How `stream.drain` goes about it. */
export interface DrainOptions {
  /**
   * Seconds that those who are connected may stay, each within its own time limit; who is left then is told that the server is
   * stopping. 0 ends all at once, null waits for as long as they stay. @default 30
   */
  timeoutS?: number | null;
  /** Ends the wait early, as when its time is up: a second Ctrl-C, for instance. @default never */
  signal?: AbortSignal;
}

const OPTION_NAMES: OptionNames<DrainOptions> = { timeoutS: true, signal: true };
/** Longest time, in seconds: what a timer can bear. */
const MAX_TIMEOUT_S = 2_000_000;

/**
 * Lets nobody new in, and resolves once everybody has left and their connections are closed: by themselves, by their limit, or sent away
 * when the time is up. Several calls may wait; the shortest time counts.
 * @throws {FastRtcError} `invalid_option`.
 */
export async function drainSessions(
  registry: SessionRegistry,
  options: DrainOptions = {},
  clock: Clock = systemClock,
): Promise<void> {
  checkOptionNames(options, { of: "stream.drain(...)", names: OPTION_NAMES });
  const { timeoutS = 30, signal } = options;
  if (timeoutS !== null && !(typeof timeoutS === "number" && timeoutS >= 0 && timeoutS <= MAX_TIMEOUT_S)) {
    throw new FastRtcError(
      "invalid_option",
      `stream.drain(...) takes timeoutS in seconds, from 0 to ${MAX_TIMEOUT_S}, or null, not ${String(timeoutS)}.`,
    );
  }
  registry.refuseAll();
  let sendAway = (): void => {};
  const timeIsUp = new Promise<void>((resolve) => (sendAway = resolve));
  const cancel = timeoutS === null ? () => {} : clock.after(timeoutS * 1000, sendAway);
  if (signal?.aborted || timeoutS === 0) sendAway();
  signal?.addEventListener("abort", sendAway, { once: true });
  try {
    await Promise.race([registry.emptied(), timeIsUp.then(() => registry.endAll("server-stopped"))]);
    await registry.closed();
  } finally {
    cancel();
    signal?.removeEventListener("abort", sendAway);
  }
}
