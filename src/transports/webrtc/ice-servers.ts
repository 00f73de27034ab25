import { FastRtcError } from "../../errors.ts";
import type { IceServer } from "../../session/rtc-configuration.ts";

/** A STUN or TURN server that this end can use: over UDP. */
export type UdpIceServer =
  | { readonly type: "stun"; readonly host: string; readonly port: number }
  | {
      readonly type: "turn";
      readonly host: string;
      readonly port: number;
      readonly username: string;
      readonly credential: string;
    };

export interface UsableIceServersOptions {
  /** Whether TURN can be used: not when all peers share one UDP port. @default true */
  readonly relays?: boolean;
}

export interface UsableIceServers {
  readonly servers: readonly UdpIceServer[];
  /** Sentences about servers that were left out, for the server's log. */
  readonly warnings: readonly string[];
}

const DEFAULT_PORT = 3478;

const URL_SYNTAX =
  /^(stuns?|turns?):(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/**
 * Picks the servers that this end can use. TURN over TCP or TLS and STUN over TLS are left out
 * with a warning: the browsers that get the same list may still use them.
 * @throws {FastRtcError} `invalid_option` for a URL that is none (RFC 7064, RFC 7065), or TURN without credentials.
 */
export function usableIceServers(
  iceServers: readonly IceServer[],
  { relays = true }: UsableIceServersOptions = {},
): UsableIceServers {
  const servers: UdpIceServer[] = [];
  const warnings: string[] = [];
  for (const { urls, username, credential } of iceServers) {
    for (const url of typeof urls === "string" ? [urls] : urls) {
      const { scheme, host, port, transport } = parseUrl(url);
      if (scheme === "stuns" || scheme === "turns" || transport === "tcp") {
        warnings.push(
          `This server cannot use ${url}: it speaks STUN and TURN over UDP only. Browsers may still use it.`,
        );
      } else if (scheme === "stun") {
        servers.push({ type: "stun", host, port });
      } else if (!relays) {
        warnings.push(`This server cannot use ${url}: TURN does not go together with one UDP port for all peers.`);
      } else if (username && credential) {
        servers.push({ type: "turn", host, port, username, credential });
      } else {
        throw new FastRtcError("invalid_option", `${url} in iceServers needs a username and a credential.`);
      }
    }
  }
  return { servers, warnings };
}

function parseUrl(url: string): { scheme: string; host: string; port: number; transport: string | undefined } {
  const [, scheme = "", host = "", port, transport] = URL_SYNTAX.exec(url) ?? [];
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (scheme === "" || number < 1 || number > 65_535) {
    throw new FastRtcError(
      "invalid_option",
      `"${url.slice(0, 200)}" in iceServers is not a URL like "stun:host:port" or "turn:host:port?transport=udp".`,
    );
  }
  return {
    scheme: scheme.toLowerCase(),
    host: host.replace(/^\[|\]$/g, ""),
    port: number,
    transport: transport?.toLowerCase(),
  };
}
