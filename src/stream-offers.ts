import { FastRtcError } from "./errors.ts";
import type { OfferReply } from "./protocol/offer-reply.ts";
import { type OfferRequest, parseOfferRequest } from "./protocol/offer-request.ts";
import { type RefusalBody, refusal } from "./protocol/refusal.ts";
import type { StreamAccess } from "./server/access/access.ts";
import type { Identity } from "./session/identity.ts";
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
        : (access.refusesOffer(request, identity) ?? (await signalling.handle(request, headers, identity)));
    peers.countRefusal(reply);
    return reply;
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
