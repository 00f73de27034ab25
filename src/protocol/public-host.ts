/** Longest name of a host in the DNS (RFC 1035 §2.3.4), with room for a port. */
const MAX_HOST_LENGTH = 253 + 6;

const HOST =
  /^(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*\.?|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?$/i;

/**
 * Checks a `Host` header (RFC 9110 §7.2) before it becomes part of an address that a telephone company is told to
 * connect to: a name, an IPv4 address or an IPv6 address in brackets, with or without a port. Returns it as it is, or
 * `undefined` when it is anything else.
 */
export function parsePublicHost(header: string | null | undefined): string | undefined {
  if (!header || header.length > MAX_HOST_LENGTH) return undefined;
  const match = HOST.exec(header);
  if (!match) return undefined;
  const port = match[1] === undefined ? 443 : Number(match[1]);
  return port >= 1 && port <= 65_535 ? header : undefined;
}
