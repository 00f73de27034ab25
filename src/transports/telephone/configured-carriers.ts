import { FastRtcError } from "../../errors.ts";
import type { CarrierOptions } from "../../session/carrier-options.ts";
import type { Carrier } from "./carrier.ts";
import { plivoCarrier } from "./plivo-carrier.ts";
import { telnyxCarrier } from "./telnyx-carrier.ts";
import { vonageCarrier } from "./vonage-carrier.ts";

/**
 * The carriers that were asked for.
 * @throws {FastRtcError} `invalid_option` for a secret that is missing or none.
 */
export function configuredCarriers({ telnyx, plivo, vonage }: CarrierOptions = {}): readonly Carrier[] {
  const carriers: Carrier[] = [];
  if (telnyx) {
    const publicKey = secretOf("telnyx.publicKey", telnyx.publicKey, "TELNYX_PUBLIC_KEY");
    carriers.push(telnyxCarrier({ publicKey, secret: telnyx.ticketSecret }));
  }
  if (plivo) carriers.push(plivoCarrier(secretOf("plivo.authToken", plivo.authToken, "PLIVO_AUTH_TOKEN")));
  if (vonage) {
    carriers.push(vonageCarrier(secretOf("vonage.signatureSecret", vonage.signatureSecret, "VONAGE_SIGNATURE_SECRET")));
  }
  return carriers;
}

/** Nobody leaves a door open by forgetting a variable: only null does. */
function secretOf(option: string, given: string | null | undefined, variable: string): string | undefined {
  if (given === null) return undefined;
  // oxlint-disable-next-line node/no-process-env -- secrets belong into the environment, and this is the edge
  const found = given ?? process.env[variable]?.trim();
  if (found) return found;
  throw new FastRtcError(
    "invalid_option",
    `carriers.${option} is missing: pass it, set ${variable}, or pass null to let anyone call.`,
  );
}
