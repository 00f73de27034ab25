import type { RefusalBody } from "./refusal.ts";

/** What a client gets for what it posts to `webrtc/offer`. */
export type OfferReply =
  | {
      readonly type: "answer";
      readonly sdp: string;
      /** For a client that asked for it: what it shows to take its session over with another connection. */
      readonly session?: string;
    }
  | { readonly status: "success" }
  | RefusalBody;

/** Whether the reply says that no session has the id, or none any more. */
export function isUnknownConnection(reply: OfferReply): boolean {
  if (!("status" in reply) || reply.status !== "failed") return false;
  return reply.meta.error === "unknown_connection" || reply.meta.error === "connection_closed";
}
