import { type Clock, systemClock } from "../../async/clock.ts";
import type { OfferRequest } from "../../protocol/offer-request.ts";
import { type RefusalBody, type RefusalCode, refusal } from "../../protocol/refusal.ts";
import type { Logger } from "../../session/logger.ts";
import { SignedIds } from "../../session/signed-ids.ts";
import type { CheckedAccessOptions } from "./access-options.ts";
import { clientAddress } from "./client-address.ts";
import { Gate } from "./gate.ts";

export interface StreamAccessOptions extends CheckedAccessOptions {
  readonly logger: Logger;
  /** Told of every request that is turned away. */
  readonly onRefused: (code: RefusalCode) => void;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** Who may use a Stream: the gate that requests pass, and the ids that sessions begin with. */
export class StreamAccess {
  readonly gate: Gate;
  readonly ids: SignedIds;
  readonly #options: StreamAccessOptions;

  constructor(options: StreamAccessOptions) {
    const { signingKey: key, clock = systemClock } = options;
    this.#options = options;
    this.gate = new Gate({ ...options, clock });
    this.ids = new SignedIds({ key, clock });
  }

  /** Where a request comes from; `connection` is the address of its connection. */
  addressOf(headers: Headers, connection: string | undefined): string | undefined {
    return clientAddress(headers, connection, this.#options.trustProxy);
  }

  /** Whether everybody has to say who they are. */
  get isAsked(): boolean {
    return this.#options.authenticate !== undefined;
  }

  /** Why nobody of this identity may begin a session with this id; undefined if they may. */
  refuses(id: string, identity: unknown): RefusalBody | undefined {
    if (this.isAsked && identity === undefined) {
      return refusal(
        "unauthorized",
        "You are not logged in. On a route of its own, the application has to pass the identity on.",
      );
    }
    if (!this.#options.requireSignedIds || this.ids.accepts(id, identity)) return undefined;
    return refusal("signed_id_required", "This server gives out the ids of sessions: get one by POST webrtc/id first.");
  }

  /** The same for what was posted to `webrtc/offer`: who goes on with a session has its token instead, and its id already. */
  refusesOffer(request: OfferRequest, identity: unknown): RefusalBody | undefined {
    const begins = request.type === "offer" && typeof request.resume !== "object";
    if (begins) return this.refuses(request.webrtcId, identity);
    return this.isAsked && identity === undefined ? this.refuses(request.webrtcId, identity) : undefined;
  }
}
