import { parsePublicHost } from "../../protocol/public-host.ts";

/** Where a request came in, as the telephone company wrote it. */
export interface PublicAddress {
  /** The host, with its port when it is not the usual one. */
  readonly host: string;
  /** The whole address with each scheme that it may have been called by, the likeliest first. */
  readonly urls: readonly string[];
}

/**
 * The address that a request was sent to, on the far side of a proxy: the host is the first of `X-Forwarded-Host`, or
 * else `Host`; the scheme is the first of `X-Forwarded-Proto`, or else both are possible. Path and query are those of the
 * request: a proxy that changes them breaks the signature. Only a signature that was made for the address can prove
 * it, so these headers need not be trusted. `undefined` when the host is none.
 *
 * @param pathAndQuery Such as "/telephone/incoming?line=2".
 * @param secureScheme "https" for a webhook, "wss" for a WebSocket.
 */
export function publicAddress(
  headers: Headers,
  pathAndQuery: string,
  secureScheme: "https" | "wss",
): PublicAddress | undefined {
  const host = parsePublicHost(first(headers.get("x-forwarded-host")) ?? headers.get("host"));
  if (host === undefined) return undefined;
  const plainScheme = secureScheme === "wss" ? "ws" : "http";
  const proto = first(headers.get("x-forwarded-proto"));
  const isSecure = proto === undefined ? undefined : proto === "https" || proto === "wss";
  const schemes = isSecure === undefined ? [secureScheme, plainScheme] : [isSecure ? secureScheme : plainScheme];
  return { host, urls: schemes.map((scheme) => `${scheme}://${host}${pathAndQuery}`) };
}

/** The first of a list that several proxies wrote to. */
function first(header: string | null): string | undefined {
  const value = header?.split(",")[0]?.trim();
  return value === "" ? undefined : value;
}
