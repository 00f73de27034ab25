import type { Identity } from "./identity.ts";
import type { Transport } from "./transport.ts";

/** Whose media the running handler is working on. */
export interface SessionContext<WhoseIdentity = Identity> {
  /** The peer's `webrtc_id` (or `websocket_id`, or the call's id). */
  readonly webrtcId: string;
  readonly transport: Transport["kind"];
  /** The headers of the request that opened the session. */
  readonly headers: Headers;
  /** What the Stream's `authenticate` answered, or a route of your own passed on; absent where nobody was asked. */
  readonly identity?: WhoseIdentity | undefined;
  /** Aborts when the session ends. */
  readonly signal: AbortSignal;
}
