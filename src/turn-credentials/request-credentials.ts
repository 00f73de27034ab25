import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import { parseJson } from "../protocol/json-fields.ts";
import { askService, quoteReply } from "../service-request.ts";
import type { TurnCredentials, TurnRequestOptions } from "./turn-credentials.ts";

export interface CredentialsRequest {
  /** Who is asked, for error messages. */
  readonly service: string;
  readonly defaultBaseUrl: string;
  /** From the root, with its query. */
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What must not appear in any error message. */
  readonly secrets: readonly string[];
}

const serverSchema = z
  .object({
    urls: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    url: z.string().optional(),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .refine(({ urls, url }) => urls !== undefined || url !== undefined, { error: "a server without urls" })
  .transform(({ urls, url, username, credential }) => ({
    urls: urls ?? url ?? "",
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  }));

/** Cloudflare's older route, which Hugging Face's service passes on, gives one server and not a list. */
const serversSchema = z.union([z.array(serverSchema), serverSchema.transform((server) => [server])]);
const replySchema = z.union([
  z.object({ iceServers: serversSchema }).transform(({ iceServers }) => iceServers),
  z.object({ ice_servers: serversSchema }).transform(({ ice_servers: iceServers }) => iceServers),
]);

/**
 * Asks a service for credentials.
 * @throws {FastRtcError} `turn_credentials_failed`, without a secret in its words; the signal's reason when that aborts.
 */
export async function requestCredentials(
  request: CredentialsRequest,
  options: TurnRequestOptions,
): Promise<TurnCredentials> {
  const { timeoutMs = 5000, ...asking } = options;
  const { service, defaultBaseUrl, path, secrets, ...rest } = request;
  const reply = await askService(
    {
      service,
      ...rest,
      url: urlOf(options.baseUrl ?? defaultBaseUrl, path),
      secrets,
      errorCode: "turn_credentials_failed",
      consequence: "No TURN credentials.",
    },
    { timeoutMs, ...asking },
  );
  const { status } = reply;
  if (status < 200 || status > 299) {
    throw failed(`${service} answered ${status}. ${advice(status)}${quoteReply(reply, secrets)}`);
  }
  const parsed = replySchema.safeParse(parseJson(reply.text)); // What is no JSON holds no iceServers either.
  if (!parsed.success) throw failed(`${service} answered something that holds no iceServers.`);
  return { iceServers: parsed.data };
}

function urlOf(baseUrl: string, path: string): string {
  if (URL.canParse(baseUrl) && /^https?:/i.test(baseUrl)) return `${baseUrl.replace(/\/+$/, "")}${path}`;
  throw new FastRtcError("invalid_argument", `baseUrl has to be an address like "https://example.com".`);
}

function advice(status: number): string {
  if (status === 401 || status === 403 || status === 404) return "Check the account, key and token. ";
  return status === 429 ? "It was asked too often; see reuseTurnCredentials. " : "";
}

function failed(message: string): FastRtcError {
  return new FastRtcError("turn_credentials_failed", message.trim());
}

/** The error for credentials of ours that are missing. */
export function missingSecret(message: string): FastRtcError {
  return new FastRtcError("invalid_argument", message);
}

/** @throws {FastRtcError} `invalid_argument` when it is not a whole number of seconds. */
export function checkedTtl(ttl: number): number {
  if (Number.isInteger(ttl) && ttl >= 1) return ttl;
  throw new FastRtcError("invalid_argument", "ttl is a whole number of seconds, 1 or more.");
}
