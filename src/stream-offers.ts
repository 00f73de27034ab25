import { FastRtcError, toError } from "./errors.ts";
import type { OfferReply } from "./protocol/offer-reply.ts";
import { type OfferRequest, parseOfferRequest } from "./protocol/offer-request.ts";
import { type RefusalBody, refusal } from "./protocol/refusal.ts";
import type { StreamAccess } from "./server/access/access.ts";
import type { Identity } from "./session/identity.ts";
import { idForLogs } from "./session/signed-ids.ts";
import { openTelemetry, Span } from "./session/tracing.ts";
import type { Peers } from "./session/peers.ts";
import type { WebRtcSignalling } from "./transports/webrtc/signalling.ts";

export interface StreamOffersOptions {
  readonly peers: Peers;
  readonly access: StreamAccess;
  readonly signalling: WebRtcSignalling;
}

/** Answers what clients post to `webrtc/offer`, by a route of the Stream or of the application. */
export class StreamOffers {
  readonly #options: StreamOffersOptions;

  constructor(options: StreamOffersOptions) {
    this.#options = options;
  }

  /** @param body the parsed JSON, whatever it holds */
  async answer(body: unknown, headers: Headers, identity: Identity | undefined): Promise<OfferReply> {
    const request = read(body);
    const { access, signalling, peers } = this.#options;
    const reply =
      "status" in request
        ? request
        : (access.refusesOffer(request, identity) ??
          (await traced(request, () => signalling.handle(request, headers, identity))));
    peers.countRefusal(reply);
    return reply;
  }
}

/** Candidates are too many to be traced, and too small. */
async function traced(request: OfferRequest, answer: () => Promise<OfferReply>): Promise<OfferReply> {
  const api = request.type === "offer" ? openTelemetry() : undefined;
  if (!api) return answer();
  const span = new Span(api, "fastrtc.offer", { "fastrtc.session.id": idForLogs(request.webrtcId) });
  try {
    const reply = await span.run(answer);
    span.end({ "fastrtc.outcome": "status" in reply && reply.status === "failed" ? reply.meta.error : "answered" });
    return reply;
  } catch (thrown) {
    span.failed(toError(thrown));
    span.end();
    throw thrown;
  }
}

function read(body: unknown): OfferRequest | RefusalBody {
  try {
    return parseOfferRequest(body);
  } catch (thrown) {
    if (!(thrown instanceof FastRtcError)) throw thrown;
    return refusal("invalid_request", thrown.message);
  }
}
