import { environmentVariable } from "./environment.ts";
import { checkedTtl, missingSecret, requestCredentials } from "./request-credentials.ts";
import type { TurnCredentials, TurnRequestOptions } from "./turn-credentials.ts";

/** With what Twilio is asked. */
export interface TwilioTurnOptions extends TurnRequestOptions {
  /** The SID of a Twilio account. @default the environment's TWILIO_ACCOUNT_SID */
  twilioSid?: string;
  /** Its auth token. @default the environment's TWILIO_AUTH_TOKEN */
  twilioToken?: string;
  /** How long the credentials live, in seconds, at most 86400. @default Twilio's: 86400 */
  ttl?: number;
}

/**
 * TURN credentials of Twilio's Network Traversal Service. As in FastRTC the configuration asks for relays only.
 * @throws {FastRtcError} `invalid_argument` without account and token, `turn_credentials_failed` when the service gives none.
 */
export async function getTwilioTurnCredentials({
  twilioSid = environmentVariable("TWILIO_ACCOUNT_SID"),
  twilioToken = environmentVariable("TWILIO_AUTH_TOKEN"),
  ttl,
  ...request
}: TwilioTurnOptions = {}): Promise<TurnCredentials> {
  if (!twilioSid || !twilioToken) {
    throw missingSecret(
      "TURN credentials of Twilio need TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, in the environment or as options.",
    );
  }
  const basic = Buffer.from(`${twilioSid}:${twilioToken}`).toString("base64");
  const credentials = await requestCredentials(
    {
      service: "Twilio",
      defaultBaseUrl: "https://api.twilio.com",
      path: `/2010-04-01/Accounts/${encodeURIComponent(twilioSid)}/Tokens.json`,
      method: "POST",
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: ttl === undefined ? "" : `Ttl=${checkedTtl(ttl)}`,
      secrets: [twilioToken, basic],
    },
    request,
  );
  return { ...credentials, iceTransportPolicy: "relay" };
}
