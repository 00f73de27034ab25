import type { Transport } from "./transport.ts";

/** Whose media the running handler is working on. */
export interface SessionContext {
  /** The peer's `webrtc_id` (or `websocket_id`, or the call's id). */
  readonly webrtcId: string;
  readonly transport: Transport["kind"];
  /** The headers of the request that opened the session. */
  readonly headers: Headers;
  /** Aborts when the session ends. */
  readonly signal: AbortSignal;
}
