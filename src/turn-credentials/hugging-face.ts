import { environmentVariable } from "./environment.ts";
import { checkedTtl, missingSecret, requestCredentials } from "./request-credentials.ts";
import type { TurnCredentials, TurnRequestOptions } from "./turn-credentials.ts";

/** With what the service of FastRTC is asked. */
export interface HfTurnOptions extends TurnRequestOptions {
  /** A token of Hugging Face. @default the environment's HF_TOKEN */
  token?: string;
  /** How long the credentials live, in seconds. @default 600 */
  ttl?: number;
}

/**
 * TURN credentials from FastRTC's own service, for a Hugging Face token. It gives out Cloudflare's servers, so
 * `getCloudflareTurnCredentials({ hfToken })` is the same; this name is FastRTC's older one.
 * @throws {FastRtcError} `invalid_argument` without a token, `turn_credentials_failed` when the service gives none.
 */
export async function getHfTurnCredentials({
  token = environmentVariable("HF_TOKEN"),
  ttl = 600,
  ...request
}: HfTurnOptions = {}): Promise<TurnCredentials> {
  if (!token) throw missingSecret("TURN credentials of Hugging Face need a token: pass one, or set HF_TOKEN.");
  return requestCredentials(
    {
      service: "turn.fastrtc.org",
      defaultBaseUrl: "https://turn.fastrtc.org",
      path: `/credentials?ttl=${checkedTtl(ttl)}`,
      method: "GET",
      headers: { authorization: `Bearer ${token}` },
      secrets: [token],
    },
    request,
  );
}
