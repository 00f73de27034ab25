import type { OfferReply } from "../protocol/offer-reply.ts";
import { refusalStatus } from "../protocol/refusal.ts";

/** The reply to an offer as a JSON response with its status. */
export function offerResponse(reply: OfferReply): Response {
  const status = "status" in reply && reply.status === "failed" ? refusalStatus(reply.meta.error) : 200;
  return Response.json(reply, { status, headers: { "cache-control": "no-store" } });
}
