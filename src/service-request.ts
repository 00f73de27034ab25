import { type Clock, systemClock } from "./async/clock.ts";
import { FastRtcError, type FastRtcErrorCode, toError } from "./errors.ts";

/** A request to somebody else's HTTP API. */
export interface ServiceRequest {
  /** Who is asked, for error messages. */
  readonly service: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** What must not appear in any error message. */
  readonly secrets: readonly string[];
  /** The code of the error when it cannot be asked. */
  readonly errorCode: FastRtcErrorCode;
  /** A sentence for the end of that error: what there is none of now, or what to look at. */
  readonly consequence: string;
}

export interface ServiceRequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** What the service answered, whatever its status. */
export interface ServiceReply {
  readonly status: number;
  readonly text: string;
}

/** How much of a service's own words goes into an error message, in characters. */
const MAX_QUOTED = 200;

/**
 * Asks a service. It follows no redirection: what is secret is for this service and nobody it might point to.
 * @throws {FastRtcError} with the request's code and without a secret in its words; the signal's reason when that aborts.
 */
export async function askService(
  { service, url, method, headers, body, secrets, errorCode, consequence }: ServiceRequest,
  { timeoutMs, signal, fetch: send = globalThis.fetch, clock = systemClock }: ServiceRequestOptions,
): Promise<ServiceReply> {
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  try {
    const response = await send(url, {
      method,
      headers: { accept: "application/json", ...headers },
      ...(body !== undefined && { body }),
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    });
    return { status: response.status, text: await response.text() };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (timeout.signal.aborted) {
      throw new FastRtcError(errorCode, `${service} did not answer within ${timeoutMs} ms. ${consequence}`);
    }
    const error = toError(thrown);
    const told = withoutSecrets(reasonOf(error), secrets);
    // A cause that names a secret, as a header that cannot be sent does, would take it to the log.
    const isClean = [error.message, reasonOf(error)].every((text) => withoutSecrets(text, secrets) === text);
    const cause = isClean ? { cause: thrown } : undefined;
    throw new FastRtcError(errorCode, `${service} could not be reached: ${told}. ${consequence}`, cause);
  } finally {
    cancel();
  }
}

/** What a service said of a failure, short and without a secret; empty when it said nothing. */
export function quoteReply({ text }: ServiceReply, secrets: readonly string[]): string {
  const quoted = withoutSecrets(text, secrets).replace(/\s+/g, " ").trim().slice(0, MAX_QUOTED);
  return quoted && `It said: ${quoted}`;
}

/** Node says "fetch failed", and why in the cause. */
function reasonOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret ? rest.replaceAll(secret, "[hidden]") : rest), text);
}
