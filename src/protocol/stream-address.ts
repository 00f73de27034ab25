import { FastRtcError } from "../errors.ts";
import { parsePublicHost } from "./public-host.ts";

/** Where a telephone company is told to open the WebSocket of a call. */
export interface StreamAddress {
  /** The public host of this server, with its port when it is not 443: what the company can reach. */
  host: string;
  /** The path of the WebSocket route that takes the call, such as "/telephone/handler". No query: Twilio drops it. */
  path: string;
}

/**
 * The address as a text. Telephone companies connect over TLS only, so it begins with wss.
 * @throws {FastRtcError} `invalid_argument` when `host` or `path` would make an address that they cannot use.
 */
export function streamUrl({ host, path }: StreamAddress): string {
  if (parsePublicHost(host) === undefined) {
    throw new FastRtcError(
      "invalid_argument",
      `${JSON.stringify(host)} is not a host such as "example.com" or "example.com:8443".`,
    );
  }
  if (!/^\/[^\s?#]*$/.test(path)) {
    throw new FastRtcError(
      "invalid_argument",
      `${JSON.stringify(path)} is not a path such as "/telephone/handler", without a query.`,
    );
  }
  return `wss://${host}${path}`;
}
