import type { OfferReply } from "../protocol/offer-reply.ts";
import type { Identity } from "../session/identity.ts";
import type { StreamAccess } from "./access/access.ts";
import type { SocketService } from "./socket-service.ts";
import type { StreamPage } from "./stream-page.ts";

/** What the routes need of a Stream. */
export interface StreamService {
  /** Answers what a client posted to `webrtc/offer`, already parsed as JSON. Never rejects for the client's fault. */
  offer(body: unknown, headers: Headers, identity?: Identity): Promise<OfferReply>;
  /** Takes WebSockets and telephone calls; undefined for a Stream without audio. */
  readonly sockets?: SocketService | undefined;
  /** Who may come in. @default everybody, who comes from pages of any origin */
  readonly access?: StreamAccess;
  health(): Health;
  /** The response of GET `metrics`; absent where that route was not asked for. */
  readonly metrics?: (() => Response) | undefined;
  /** What is shown at the prefix, now. */
  page(): StreamPage;
  /** Gets everything ready for the first peer; rejects when something that every peer needs is missing. */
  prepare(): Promise<void>;
  /** Ends every session. */
  close(): Promise<void>;
}

/** The body of GET `healthz` and of GET `readyz`. */
export interface Health {
  /**
   * "ok" where peers can come; "starting" while the native parts are being loaded, "failed" when they could not be, "draining" after
   * `stream.drain()`. `readyz` answers with 200 for "ok" alone, and with 503 for the others.
   */
  readonly status: "ok" | "starting" | "failed" | "draining";
  /** Peers that have a place, connected or connecting. */
  readonly sessions: number;
  /** How many of them are connected. */
  readonly connected: number;
  /** How many there may be; null for any number. */
  readonly limit: number | null;
  /** Seconds since the Stream was made. */
  readonly uptime: number;
}
