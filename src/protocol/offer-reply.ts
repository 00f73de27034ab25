import type { RefusalBody } from "./refusal.ts";

/** What a client gets for what it posts to `webrtc/offer`. */
export type OfferReply =
  | { readonly type: "answer"; readonly sdp: string }
  | { readonly status: "success" }
  | RefusalBody;

/** Whether the reply says that no session has the id. */
export function isUnknownConnection(reply: OfferReply): boolean {
  return "status" in reply && reply.status === "failed" && reply.meta.error === "unknown_connection";
}
