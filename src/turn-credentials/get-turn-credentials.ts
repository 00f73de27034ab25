import { FastRtcError } from "../errors.ts";
import { type CloudflareTurnOptions, getCloudflareTurnCredentials } from "./cloudflare.ts";
import { type HfTurnOptions, getHfTurnCredentials } from "./hugging-face.ts";
import type { TurnCredentials } from "./turn-credentials.ts";
import { type TwilioTurnOptions, getTwilioTurnCredentials } from "./twilio.ts";

/** The options of each service, by its name. */
export interface TurnServiceOptions {
  cloudflare: CloudflareTurnOptions;
  hf: HfTurnOptions;
  twilio: TwilioTurnOptions;
}

/**
 * TURN credentials of a service by its name, for `rtcConfiguration: () => getTurnCredentials("cloudflare")`.
 * @throws {FastRtcError} `invalid_argument` for another name and as the service's own function does, which see.
 */
export async function getTurnCredentials<Service extends keyof TurnServiceOptions = "cloudflare">(
  method?: Service,
  options?: TurnServiceOptions[Service],
): Promise<TurnCredentials> {
  const service: keyof TurnServiceOptions = method ?? "cloudflare";
  switch (service) {
    case "cloudflare":
      return getCloudflareTurnCredentials(options);
    case "hf":
      return getHfTurnCredentials(options);
    case "twilio":
      return getTwilioTurnCredentials(options);
    default:
      throw new FastRtcError("invalid_argument", 'A TURN service is "cloudflare", "hf" or "twilio".');
  }
}
