import type { OfferReply } from "../../src/protocol/offer-reply.ts";

/** The offers of a Stream that runs elsewhere, over HTTP. */
export class HttpOffers {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async offer(body: unknown): Promise<OfferReply> {
    const response = await fetch(`${this.#url}/webrtc/offer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await response.json()) as OfferReply;
  }
}
