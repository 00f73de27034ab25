import type { Clock } from "../async/clock.ts";

/** A STUN or TURN server with credentials that live for a while. */
export interface TurnCredentialsServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** What a TURN service gave: a configuration as `rtcConfiguration`, `serverRtcConfiguration` and browsers take it. */
export interface TurnCredentials {
  iceServers: TurnCredentialsServer[];
  iceTransportPolicy?: "all" | "relay";
}

/** How a TURN service is asked. */
export interface TurnRequestOptions {
  /** How long the service may take, in milliseconds. @default 5000 */
  timeoutMs?: number;
  /** Ends the request. */
  signal?: AbortSignal;
  /** Sends the request; for a proxy, or a test. @default the global fetch */
  fetch?: typeof fetch;
  /** Where the service is, without a path: for a proxy, or a test. @default the service's own address */
  baseUrl?: string;
  /** @internal Replaced in tests. */
  clock?: Clock;
}
