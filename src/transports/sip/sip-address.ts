import { isIPv4 } from "node:net";

/** Where messages of SIP go to and come from. */
export interface SipAddress {
  readonly transport: "udp" | "tcp";
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
}

/** The port of SIP (RFC 3261 §19.1.2). */
export const SIP_PORT = 5060;

/** An IPv4 address that came in as one of IPv6 ("::ffff:192.0.2.1") as what it is. */
export function plainAddress(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address;
}

/** Whether an address means something within one network alone (RFC 1918, RFC 4193, RFC 3927, RFC 6598, loopback). */
export function isPrivateAddress(address: string): boolean {
  if (!isIPv4(address)) return /^(?:::1$|f[cd]|fe[89ab])/i.test(address);
  const [first = 0, second = 0] = address.split(".").map(Number);
  if (first === 10 || first === 127 || first === 0) return true;
  if (first === 172) return second >= 16 && second <= 31;
  if (first === 192) return second === 168;
  return (first === 169 && second === 254) || (first === 100 && second >= 64 && second <= 127);
}

/** An address as a socket takes it: one of IPv6 knows those of IPv4 by another name. */
export function addressFor(address: string, family: string): string {
  return family === "IPv6" && isIPv4(address) ? `::ffff:${address}` : address;
}
