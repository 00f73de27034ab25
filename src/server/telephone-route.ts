/** What lies below "telephone/", or below it and the name of a company: the webhook of a call, and its WebSocket. */
export type TelephoneRoute = "incoming" | "handler";

/** The route of a carrier, below the prefix: "telephone/incoming" for "", "telephone/telnyx/incoming" for "telnyx". */
export function telephoneRoute(carrier: string, route: TelephoneRoute): string {
  return carrier === "" ? `telephone/${route}` : `telephone/${carrier}/${route}`;
}

/** The carrier whose route a path would be, "" for Twilio; undefined when it is no such route. */
export function carrierOf(path: string, route: TelephoneRoute): string | undefined {
  const match = /^telephone\/(?:([a-z]+)\/)?(incoming|handler)$/.exec(path);
  return match?.[2] === route ? (match[1] ?? "") : undefined;
}
