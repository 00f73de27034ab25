import { resolveHost } from "../../transports/webrtc/resolve-host.ts";
import { askIceServer, type IceServerAddress } from "./ask-ice-server.ts";
import type { IceServerOfPage } from "./check-server.ts";
import { type Finding, ok, problem } from "./finding.ts";

const URL_SYNTAX = /^(stuns?|turns?):(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;
const DEFAULT_PORTS = { stun: 3478, turn: 3478, stuns: 5349, turns: 5349 } as const;

/** Whether a STUN or TURN server does what the page relies on, one finding for each of its URLs. */
export async function checkIceServer({
  urls,
  username = "",
  credential = "",
}: IceServerOfPage): Promise<readonly Finding[]> {
  return Promise.all([urls].flat().map((url) => checkUrl(url, username, credential)));
}

async function checkUrl(url: string, username: string, credential: string): Promise<Finding> {
  const [, scheme, host = "", port, transport] = URL_SYNTAX.exec(url) ?? [];
  if (scheme === undefined) {
    return problem(
      url,
      `"${url}" is no URL of a STUN or TURN server. Write it as stun:host:port or turn:host:port?transport=udp.`,
    );
  }
  const known = scheme.toLowerCase() as IceServerAddress["scheme"];
  const isTurn = known.startsWith("turn");
  const name = host.replaceAll(/[[\]]/g, "");
  const address = await resolveHost(name);
  if (address === undefined)
    return problem(url, `No name server knows ${name}. Check the name of the ${kind(isTurn)} server.`);
  const way = known.endsWith("s") ? "tls" : transport?.toLowerCase() === "tcp" ? "tcp" : "udp";
  const reply = await askIceServer({
    scheme: known,
    host: way === "tls" ? name : address, // The certificate is for the name.
    port: port === undefined ? DEFAULT_PORTS[known] : Number(port),
    transport: way,
    username,
    credential,
  });
  switch (reply.type) {
    case "answered":
      return ok(
        url,
        isTurn
          ? `The TURN server relays, at ${reply.address}.`
          : `The STUN server sees this machine as ${reply.address}.`,
      );
    case "silent":
      return problem(
        url,
        `The ${kind(isTurn)} server cannot be reached over ${way.toUpperCase()} (${reply.why}). Is it running, and does a firewall let ` +
          `${way === "udp" ? "UDP" : "TCP"} through, here and there?`,
      );
    case "refused":
      return problem(url, refusedSentence(reply.code, reply.reason, username));
  }
}

function kind(isTurn: boolean): string {
  return isTurn ? "TURN" : "STUN";
}

function refusedSentence(code: number, reason: string, username: string): string {
  switch (code) {
    case 401:
      return (
        `The TURN server refuses the user name "${username}" with its password. Credentials of TURN services expire: fetch new ones, ` +
        "and give rtcConfiguration as a function that does so for each client."
      );
    case 403:
      return "The TURN server forbids this user to relay. Look at its permissions.";
    case 486:
      return `The TURN server's quota is used up for "${username}". Raise it (coturn: user-quota), or wait until calls end.`;
    case 508:
      return "The TURN server has no ports left to relay on. Widen its range of ports (coturn: min-port, max-port).";
    default:
      return `The TURN server refuses with ${code} ${reason}.`;
  }
}
