import { isIP } from "node:net";

/**
 * The address that a request comes from. Behind proxies that is not the one of its connection: each of them appends the address that it
 * was called from to `X-Forwarded-For`, and what stands before those may be anyone's invention.
 * @param connection the address of the connection; undefined where the framework does not tell
 * @param proxies how many proxies of one's own stand before this server
 */
export function clientAddress(headers: Headers, connection: string | undefined, proxies: number): string | undefined {
  const own = plainAddress(connection);
  if (proxies === 0) return own;
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",");
  // Whoever came past a proxy has fewer entries than there are proxies: then only the connection counts.
  const entry = forwarded.length >= proxies ? forwarded.at(-proxies) : undefined;
  return plainAddress(entry) ?? own;
}

/** By what an address is told apart from others: all of IPv6's /64 are one, since whoever has one of them has all of them. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** An address without port, brackets, zone or IPv4's dress as IPv6; undefined for what is none. */
function plainAddress(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? "";
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1];
  const withPort = /^([\d.]+):\d+$/.exec(trimmed)?.[1];
  const bare = (bracketed ?? withPort ?? trimmed).replace(/%.*$/, "").toLowerCase();
  const address = /^::ffff:([\d.]+)$/.exec(bare)?.[1] ?? bare;
  return isIP(address) === 0 ? undefined : address;
}
