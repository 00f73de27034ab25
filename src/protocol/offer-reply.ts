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

/** Whether the reply says that no session has the id. */
export function isUnknownConnection(reply: OfferReply): boolean {
  return "status" in reply && reply.status === "failed" && reply.meta.error === "unknown_connection";
}
