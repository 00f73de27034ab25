import type { Identity } from "../../session/identity.ts";

/** What `authenticate` is shown of a request. */
export interface ConnectionRequest {
  /**
   * What is asked for: "offer" covers candidates and takeovers too, "id" a session id, "websocket" and "telephone" what begins there, the
   * telephone company's webhook included, "page" the built-in page and its files. `healthz` and `readyz` are open to everybody.
   */
  readonly route: "offer" | "id" | "websocket" | "telephone" | "page" | "metrics";
  readonly method: string;
  /** The address that was asked for, its query included. */
  readonly url: string;
  readonly headers: Headers;
  /** Where the request comes from, as far as is known: see `trustProxy`. */
  readonly address: string | undefined;
}

/**
 * Says who a request comes from. null or undefined turns it away with 401, and so does an error; a Response is sent instead of that: a
 * redirect to where one logs in, or a 401 with `WWW-Authenticate`.
 */
export type Authenticate = (
  request: ConnectionRequest,
) => Identity | Response | null | undefined | Promise<Identity | Response | null | undefined>;
