import { type KeyObject, createPublicKey, verify } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";
import { FastRtcError } from "../../errors.ts";
import { telnyxCallTexml, telnyxHangUpTexml } from "../../protocol/telnyx/incoming-call.ts";
import { encodeTelnyxClear, encodeTelnyxMark, encodeTelnyxMedia } from "../../protocol/telnyx/stream-command.ts";
import { parseTelnyxMessage } from "../../protocol/telnyx/stream-message.ts";
import type { CallWebhook, Carrier } from "./carrier.ts";
import { StreamTickets } from "./stream-tickets.ts";
import { ticketedStreams } from "./ticketed-streams.ts";

export interface TelnyxCarrierOptions {
  /** The account's public key, as base64; undefined lets anyone call. */
  readonly publicKey: string | undefined;
  /** What all processes behind one address know. */
  readonly secret: string | undefined;
  readonly clock?: Clock;
}

/** How old a signature may be, in seconds. */
const TOLERANCE_S = 300;
/** What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410). */
const DER_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Telnyx: TeXML, and media streaming over WebSockets in mu-law of 8 kHz.
 * @throws {FastRtcError} `invalid_option` for a public key that is none.
 */
export function telnyxCarrier({ publicKey, secret, clock = systemClock }: TelnyxCarrierOptions): Carrier {
  const key = publicKey === undefined ? undefined : ed25519Key(publicKey);
  const streams = ticketedStreams(
    new StreamTickets(secret, clock),
    key && ((webhook) => isSigned(webhook, key, clock)),
  );
  return {
    name: "Telnyx",
    route: "telnyx",
    codec: "PCMU",
    sampleRate: 8000,
    ...streams.checks,
    connect: (address) => ({
      contentType: "application/xml",
      body: telnyxCallTexml({ ...address, parameters: streams.parameters() }),
    }),
    hangUp: (sentence) => ({ contentType: "application/xml", body: telnyxHangUpTexml(sentence) }),
    readText: parseTelnyxMessage,
    media: (_streamId, payload) => encodeTelnyxMedia(payload),
    mark: (_streamId, name) => encodeTelnyxMark(name),
    clear: encodeTelnyxClear,
  };
}

/** Telnyx signs the time and the body as it was sent: one that a body parser has read can never be proved. */
function isSigned({ headers, body }: CallWebhook, key: KeyObject, clock: Clock): boolean {
  const timestamp = headers.get("telnyx-timestamp") ?? "";
  const signature = headers.get("telnyx-signature-ed25519") ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(clock.wallMs() / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  return verify(null, Buffer.from(`${timestamp}|${body}`), key, Buffer.from(signature, "base64"));
}

function ed25519Key(publicKey: string): KeyObject {
  const bytes = Buffer.from(publicKey, "base64");
  if (bytes.length !== 32) {
    throw new FastRtcError(
      "invalid_option",
      "carriers.telnyx.publicKey is the base64 of 32 bytes that Telnyx's portal shows.",
    );
  }
  return createPublicKey({ key: Buffer.concat([DER_PREFIX, bytes]), format: "der", type: "spki" });
}
