import { type Parameters, parseParameters, writeParameters } from "./parameters.ts";

/** Where a SIP message goes (RFC 3261 §19.1). */
export interface SipUri {
  readonly scheme: "sip" | "sips";
  /** As it was written, with what was escaped. */
  readonly user?: string;
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly parameters: Parameters;
}

const USER = /^[\w.!~*'()&=+$,;?/%#-]+$/;
const NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?$/i;
/** A name has 253 letters at most (RFC 1035 §2.3.4), a port five. */
const MAX_PLACE_LENGTH = 270;
const IPV6 = /^[0-9a-f:.]{2,45}$/i;

/** Reads a `sip:` or `sips:` URI; `undefined` when it is none. What follows "?" is left out. */
export function parseSipUri(text: string): SipUri | undefined {
  const match = /^(sips?):([^?\s<>"]+)(?:\?[^\s<>"]*)?$/i.exec(text);
  const [, scheme = "", rest = ""] = match ?? [];
  if (!match) return undefined;
  const at = rest.lastIndexOf("@");
  const [user] = at < 0 ? [undefined] : rest.slice(0, at).split(":", 1);
  if (user !== undefined && !USER.test(user)) return undefined;
  const place = rest.slice(at + 1);
  const semicolon = place.indexOf(";");
  const hostPort = parseHostPort(semicolon < 0 ? place : place.slice(0, semicolon));
  const parameters = parseParameters(semicolon < 0 ? "" : place.slice(semicolon));
  if (!hostPort || !parameters) return undefined;
  return {
    scheme: scheme.toLowerCase() === "sips" ? "sips" : "sip",
    ...(user !== undefined && { user }),
    ...hostPort,
    parameters,
  };
}

/** The URI as text, without password and headers. */
export function writeSipUri({ scheme, user, host, port, parameters }: SipUri): string {
  return `${scheme}:${user === undefined ? "" : `${user}@`}${writeHostPort(host, port)}${writeParameters(parameters)}`;
}

/** Reads "host", "host:port" and "[address]:port". */
export function parseHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  if (text.length > MAX_PLACE_LENGTH) return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]+))(?:\s*:\s*(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain?.trim();
  if (host === undefined || !(bracketed === undefined ? NAME : IPV6).test(host)) return undefined;
  if (digits === undefined) return { host };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** Writes a host and its port, an IPv6 address in brackets. */
export function writeHostPort(host: string, port: number | undefined): string {
  return `${host.includes(":") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;
}
