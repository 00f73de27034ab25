import { FastRtcError } from "../../errors.ts";

/** One entry of `iceServers` as `RTCConfiguration` has it; FastRTC's users write `url` as often as `urls`. */
export interface IceServerOption {
  readonly urls?: string | readonly string[] | undefined;
  readonly url?: string | readonly string[] | undefined;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** A STUN or TURN server that the engine can use: over UDP. */
export type IceServer =
  | { readonly type: "stun"; readonly host: string; readonly port: number }
  | {
      readonly type: "turn";
      readonly host: string;
      readonly port: number;
      readonly username: string;
      readonly credential: string;
    };

export interface ParsedIceServers {
  readonly servers: readonly IceServer[];
  /** Sentences about servers that were left out, for the server's log. */
  readonly warnings: readonly string[];
}

const DEFAULT_PORT = 3478;

/**
 * Reads the server's own `iceServers`. What this end cannot use (TURN over TCP or TLS, STUN over TLS) is left
 * out with a warning, because browsers may still be using it.
 * @throws {FastRtcError} `invalid_option` for an URL that is not one (RFC 7064, RFC 7065), or TURN without credentials.
 */
export function parseIceServers(options: readonly IceServerOption[]): ParsedIceServers {
  const servers: IceServer[] = [];
  const warnings: string[] = [];
  for (const option of options) {
    const urls = [option.urls ?? option.url ?? []].flat();
    if (urls.length === 0) throw new FastRtcError("invalid_option", 'An entry of iceServers has no "urls".');
    for (const url of urls) {
      const parsed = parseUrl(url);
      const tls = parsed.scheme === "stuns" || parsed.scheme === "turns";
      if (tls || parsed.transport === "tcp") {
        warnings.push(
          `The server cannot use ${url}: it speaks STUN and TURN over UDP only. Browsers that have it may use it.`,
        );
      } else if (parsed.scheme === "stun") {
        servers.push({ type: "stun", host: parsed.host, port: parsed.port });
      } else {
        const { username, credential } = option;
        if (!username || !credential)
          throw new FastRtcError("invalid_option", `${url} needs a username and a credential.`);
        servers.push({ type: "turn", host: parsed.host, port: parsed.port, username, credential });
      }
    }
  }
  return { servers, warnings };
}

interface IceUrl {
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp";
}

function parseUrl(url: string): IceUrl {
  const match =
    /^(stuns?|turns?):(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(
      url,
    );
  const [, scheme = "", host = "", port, transport] = match ?? [];
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (!match || number < 1 || number > 65_535) {
    throw new FastRtcError(
      "invalid_option",
      `"${url.slice(0, 200)}" in iceServers is not a URL like "stun:host:port" or "turn:host:port?transport=udp".`,
    );
  }
  return {
    scheme: scheme.toLowerCase() as IceUrl["scheme"],
    host: host.replace(/^\[|\]$/g, ""),
    port: number,
    transport: (transport?.toLowerCase() ?? "udp") as IceUrl["transport"],
  };
}
