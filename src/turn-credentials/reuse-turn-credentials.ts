import { type Clock, systemClock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import type { TurnCredentials } from "./turn-credentials.ts";

/** For how long credentials are given out. */
export interface ReuseTurnCredentialsOptions {
  /**
   * For how many seconds the same credentials are given out: their `ttl` less the longest call, since a relay that is in
   * use checks them again and again. @default 300, for the ttl of 600 and calls of up to five minutes
   */
  seconds?: number;
  /** @internal Replaced in tests. */
  clock?: Clock;
}

/**
 * A function for `rtcConfiguration` or `serverRtcConfiguration` that asks for credentials now and then instead of for each peer, which would
 * wait for the service's answer otherwise. From half of the time on new ones are asked for in the background; those who ask
 * at once share one request; a failure is not kept.
 *
 * ```ts
 * serverRtcConfiguration: reuseTurnCredentials(() => getCloudflareTurnCredentials({ ttl: 3600 }), { seconds: 1800 })
 * ```
 * @throws {FastRtcError} `invalid_argument` for a time that is not above 0. The function rejects as `source` does.
 */
export function reuseTurnCredentials(
  source: () => Promise<TurnCredentials>,
  { seconds = 300, clock = systemClock }: ReuseTurnCredentialsOptions = {},
): () => Promise<TurnCredentials> {
  if (!(seconds > 0)) throw new FastRtcError("invalid_argument", "seconds has to be a number above 0.");
  let kept: { readonly credentials: TurnCredentials; readonly atMs: number } | undefined;
  let asking: Promise<TurnCredentials> | undefined;
  const ask = (): Promise<TurnCredentials> => {
    const atMs = clock.nowMs();
    asking ??= (async () => source())()
      .then((credentials) => {
        kept = { credentials, atMs };
        return credentials;
      })
      .finally(() => (asking = undefined));
    return asking;
  };
  return async () => {
    const ageSeconds = kept ? (clock.nowMs() - kept.atMs) / 1000 : Infinity;
    if (!kept || ageSeconds >= seconds) return ask();
    // When this fails, whoever needs the next ones asks again and is told.
    if (ageSeconds >= seconds / 2) ask().catch(() => undefined);
    return kept.credentials;
  };
}
