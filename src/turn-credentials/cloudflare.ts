import { environmentVariable } from "./environment.ts";
import { getHfTurnCredentials } from "./hugging-face.ts";
import { checkedTtl, missingSecret, requestCredentials } from "./request-credentials.ts";
import type { TurnCredentials, TurnRequestOptions } from "./turn-credentials.ts";

/** With what Cloudflare is asked. */
export interface CloudflareTurnOptions extends TurnRequestOptions {
  /** The id of a TURN key of yours. @default the environment's CLOUDFLARE_TURN_KEY_ID */
  turnKeyId?: string;
  /** The API token of that key. @default the environment's CLOUDFLARE_TURN_KEY_API_TOKEN */
  turnKeyApiToken?: string;
  /** A token of Hugging Face, to use FastRTC's key instead of one of yours. @default the environment's HF_TOKEN */
  hfToken?: string;
  /** How long the credentials live, in seconds: longer than a call may last. @default 600 */
  ttl?: number;
}

/**
 * TURN credentials of Cloudflare, for a key of yours or for a Hugging Face token. What is passed goes before what the environment holds,
 * and within each the Hugging Face token goes first, as in FastRTC.
 * @throws {FastRtcError} `invalid_argument` without a key or token, `turn_credentials_failed` when the service gives none.
 */
export async function getCloudflareTurnCredentials(options: CloudflareTurnOptions = {}): Promise<TurnCredentials> {
  const { turnKeyId, turnKeyApiToken, hfToken, ttl = 600, ...request } = options;
  const given = turnKeyId !== undefined && turnKeyApiToken !== undefined;
  const token = hfToken || (given ? undefined : environmentVariable("HF_TOKEN"));
  if (token) return getHfTurnCredentials({ token, ttl, ...request });
  const keyId = turnKeyId || environmentVariable("CLOUDFLARE_TURN_KEY_ID");
  const apiToken = turnKeyApiToken || environmentVariable("CLOUDFLARE_TURN_KEY_API_TOKEN");
  if (!keyId || !apiToken) {
    throw missingSecret(
      "TURN credentials of Cloudflare need HF_TOKEN, or CLOUDFLARE_TURN_KEY_ID and CLOUDFLARE_TURN_KEY_API_TOKEN, " +
        "in the environment or as options.",
    );
  }
  return requestCredentials(
    {
      service: "Cloudflare's TURN service",
      defaultBaseUrl: "https://rtc.live.cloudflare.com",
      path: `/v1/turn/keys/${encodeURIComponent(keyId)}/credentials/generate-ice-servers`,
      method: "POST",
      headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
      body: JSON.stringify({ ttl: checkedTtl(ttl) }),
      secrets: [apiToken],
    },
    request,
  );
}
