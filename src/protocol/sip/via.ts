import { type Parameters, parseParameters, writeParameters } from "./parameters.ts";
import { parseHostPort, writeHostPort } from "./sip-uri.ts";

/** One hop of a message (RFC 3261 §20.42). */
export interface Via {
  /** "UDP" or "TCP", in capitals. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly parameters: Parameters;
}

/** How the branch of a sender that follows RFC 3261 begins (§8.1.1.7). */
export const BRANCH_COOKIE = "z9hG4bK";

/** Reads one value of a Via header; `undefined` when it is none. */
export function parseVia(text: string): Via | undefined {
  const [, transport = "", rest = ""] = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+(.+)$/i.exec(text.trim()) ?? [];
  if (transport === "") return undefined;
  const semicolon = rest.indexOf(";");
  const hostPort = parseHostPort(semicolon < 0 ? rest : rest.slice(0, semicolon));
  const parameters = parseParameters(semicolon < 0 ? "" : rest.slice(semicolon));
  return hostPort && parameters && { transport: transport.toUpperCase(), ...hostPort, parameters };
}

/** The same as text. */
export function writeVia({ transport, host, port, parameters }: Via): string {
  return `SIP/2.0/${transport} ${writeHostPort(host, port)}${writeParameters(parameters)}`;
}

/** The hop with where its message really came from (RFC 3261 §18.2.1, RFC 3581 §4). */
export function withSource(via: Via, { address, port }: { readonly address: string; readonly port: number }): Via {
  const parameters = new Map(via.parameters);
  if (via.host !== address || parameters.has("rport")) parameters.set("received", address);
  if (parameters.has("rport")) parameters.set("rport", String(port));
  return { ...via, parameters };
}
