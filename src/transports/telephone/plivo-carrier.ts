import { createHmac, timingSafeEqual } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";
import { plivoCallXml, plivoHangUpXml } from "../../protocol/plivo/incoming-call.ts";
import { plivoSignedText } from "../../protocol/plivo/signed-text.ts";
import { encodePlivoCheckpoint, encodePlivoClear, encodePlivoMedia } from "../../protocol/plivo/stream-command.ts";
import { parsePlivoMessage } from "../../protocol/plivo/stream-message.ts";
import type { CallWebhook, Carrier } from "./carrier.ts";
import { StreamTickets } from "./stream-tickets.ts";
import { ticketedStreams } from "./ticketed-streams.ts";

/**
 * Plivo: XML, and audio streaming in mu-law of 8 kHz.
 * @param authToken The account's; undefined lets anyone call.
 */
export function plivoCarrier(authToken: string | undefined, clock: Clock = systemClock): Carrier {
  const streams = ticketedStreams(
    new StreamTickets(authToken, clock),
    authToken === undefined ? undefined : (webhook) => isSigned(webhook, authToken),
  );
  return {
    name: "Plivo",
    route: "plivo",
    codec: "PCMU",
    sampleRate: 8000,
    ...streams.checks,
    connect: (address) => ({
      contentType: "application/xml",
      body: plivoCallXml({
        ...address,
        parameters: streams.parameters(),
      }),
    }),
    hangUp: (sentence) => ({ contentType: "application/xml", body: plivoHangUpXml(sentence) }),
    readText: parsePlivoMessage,
    media: encodePlivoMedia,
    mark: encodePlivoCheckpoint,
    clear: encodePlivoClear,
  };
}

/** The header may hold several signatures: one for each token while the account changes it. */
function isSigned({ headers, urls, form }: CallWebhook, authToken: string): boolean {
  const nonce = headers.get("x-plivo-signature-v3-nonce") ?? "";
  const given = ["x-plivo-signature-v3", "x-plivo-signature-ma-v3"].flatMap(
    (name) => headers.get(name)?.split(",") ?? [],
  );
  if (nonce === "" || given.length === 0) return false;
  return urls.some((url) => {
    const expected = createHmac("sha256", authToken)
      .update(plivoSignedText(url, form, nonce))
      .digest();
    return given.slice(0, 8).some((signature) => isSame(Buffer.from(signature.trim(), "base64"), expected));
  });
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
