import { z } from "zod";
import { systemClock } from "../async/clock.ts";
import { FastRtcError, toError } from "../errors.ts";
import { parseJson } from "../protocol/json-fields.ts";
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

/** How much of a service's own words goes into an error message, in characters. */
const MAX_QUOTED = 200;

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
  const { timeoutMs = 5000, signal, fetch: send = globalThis.fetch, clock = systemClock } = options;
  const { service, defaultBaseUrl, path, method, headers, body } = request;
  const url = urlOf(options.baseUrl ?? defaultBaseUrl, path);
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  let status = 0;
  let text: string;
  try {
    const response = await send(url, {
      method,
      headers: { accept: "application/json", ...headers },
      ...(body !== undefined && { body }),
      redirect: "error", // The token is for this service and nobody it might point to.
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    if (timeout.signal.aborted) throw failed(`${service} did not answer within ${timeoutMs} ms. No TURN credentials.`);
    const { message } = toError(cause);
    const told = withoutSecrets(request, message);
    // A cause that names a secret, as a header that cannot be sent does, would take it to the log.
    throw failed(
      `${service} could not be reached: ${told}. No TURN credentials.`,
      told === message ? cause : undefined,
    );
  } finally {
    cancel();
  }
  if (status < 200 || status > 299)
    throw failed(`${service} answered ${status}. ${advice(status)}${said(request, text)}`);
  const parsed = replySchema.safeParse(parseJson(text)); // What is no JSON holds no iceServers either.
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

function said(request: CredentialsRequest, text: string): string {
  const quoted = withoutSecrets(request, text).replace(/\s+/g, " ").trim().slice(0, MAX_QUOTED);
  return quoted && `It said: ${quoted}`;
}

function withoutSecrets({ secrets }: CredentialsRequest, text: string): string {
  return secrets.reduce((rest, secret) => (secret ? rest.replaceAll(secret, "[hidden]") : rest), text);
}

function failed(message: string, cause?: unknown): FastRtcError {
  return new FastRtcError("turn_credentials_failed", message.trim(), cause === undefined ? undefined : { cause });
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
