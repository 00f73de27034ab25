import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type Clock, systemClock } from "../../async/clock.ts";
import { vonageCallNcco, vonageHangUpNcco } from "../../protocol/vonage/incoming-call.ts";
import { encodeVonageClear, encodeVonageNotify } from "../../protocol/vonage/stream-command.ts";
import { VONAGE_SAMPLE_RATE, parseVonageMessage, parseVonageSound } from "../../protocol/vonage/stream-message.ts";
import type { CallWebhook, Carrier } from "./carrier.ts";
import { StreamTickets } from "./stream-tickets.ts";
import { ticketedStreams } from "./ticketed-streams.ts";

/** How old a signature may be, in seconds. */
const TOLERANCE_S = 300;

const headerSchema = z.object({ alg: z.literal("HS256") });
const claimsSchema = z.object({ iat: z.number(), payload_hash: z.string().optional() });

/**
 * Vonage: NCCO, and WebSockets with 16-bit PCM of 16 kHz in binary messages.
 * @param signatureSecret The account's; undefined lets anyone call.
 */
export function vonageCarrier(signatureSecret: string | undefined, clock: Clock = systemClock): Carrier {
  const streams = ticketedStreams(
    new StreamTickets(signatureSecret, clock),
    signatureSecret === undefined ? undefined : (webhook) => isSigned(webhook, signatureSecret, clock),
  );
  return {
    name: "Vonage",
    route: "vonage",
    codec: "L16",
    sampleRate: VONAGE_SAMPLE_RATE,
    ...streams.checks,
    connect: (address) => ({
      contentType: "application/json",
      body: vonageCallNcco({
        ...address,
        parameters: streams.parameters(),
      }),
    }),
    hangUp: (sentence) => ({ contentType: "application/json", body: vonageHangUpNcco(sentence) }),
    readText: parseVonageMessage,
    readBinary: parseVonageSound,
    media: (_streamId, payload) => payload,
    mark: (_streamId, name) => encodeVonageNotify(name),
    clear: encodeVonageClear,
  };
}

/** A JSON Web Token (RFC 7519) of the account's secret, with the hash of the body where there is one. */
function isSigned({ headers, body, urls }: CallWebhook, secret: string, clock: Clock): boolean {
  const match = /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(headers.get("authorization") ?? "");
  if (!match) return false;
  const [, header = "", claims = "", signature = ""] = match;
  const expected = createHmac("sha256", secret).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const parsed = claimsSchema.safeParse(jsonOf(claims));
  if (!headerSchema.safeParse(jsonOf(header)).success || !parsed.success) return false;
  const { iat, payload_hash: hash } = parsed.data;
  if (Math.abs(clock.wallMs() / 1000 - iat) > TOLERANCE_S) return false;
  return (
    hash === undefined ||
    hash ===
      createHash("sha256")
        .update(body || queryOf(urls))
        .digest("hex")
  );
}

/** Of a GET the query is hashed, as JSON. */
function queryOf([url = ""]: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(new URL(url).searchParams));
}

function jsonOf(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, "base64url").toString());
  } catch {
    return undefined; // No token has that.
  }
}
