import { Resolver } from "node:dns/promises";
import { createSocket } from "node:dgram";
import { isIP, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { once } from "node:events";
import type { SipUri } from "../../protocol/sip/sip-uri.ts";
import { SIP_PORT, type SipAddress, plainAddress } from "./sip-address.ts";

/** How long a name server may take, in milliseconds, and how often it is asked. */
const TIMEOUT_MS = 1500;
const TRIES = 2;

/**
 * Where a URI's server is (RFC 3263): its address and port as they stand, or by the SRV records of its name, or by its address
 * records. `undefined` when nothing is known of it.
 * @param transports those that we can use, the one to be preferred first.
 */
export async function locate(
  { host, port, parameters }: SipUri,
  transports: readonly SipAddress["transport"][],
): Promise<SipAddress | undefined> {
  const named = parameters.get("transport")?.toLowerCase();
  const wanted = named === undefined ? transports : transports.filter((transport) => transport === named);
  const [transport] = wanted;
  if (!transport) return undefined;
  if (isIP(host) !== 0) return { transport, address: host, port: port ?? SIP_PORT };
  if (host === "localhost") return { transport, address: "127.0.0.1", port: port ?? SIP_PORT };
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (port === undefined) {
    for (const one of wanted) {
      const server = await firstServer(resolver, `_sip._${one}.${host}`);
      const address = server && (await addressOf(resolver, server.name));
      if (server && address !== undefined) return { transport: one, address, port: server.port };
    }
  }
  const address = await addressOf(resolver, host);
  return address === undefined ? undefined : { transport, address, port: port ?? SIP_PORT };
}

/** The server that is to be asked first (RFC 2782); weights are not thrown dice for. */
async function firstServer(resolver: Resolver, name: string): Promise<{ name: string; port: number } | undefined> {
  const [answer] = await Promise.allSettled([resolver.resolveSrv(name)]);
  if (answer.status !== "fulfilled") return undefined;
  return answer.value.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)[0];
}

async function addressOf(resolver: Resolver, host: string): Promise<string | undefined> {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  for (const answer of answers) {
    if (answer.status === "fulfilled" && answer.value[0] !== undefined) return answer.value[0];
  }
  return undefined;
}

/** Which of this machine's addresses somebody is reached from: the one that its network's way begins at. */
export async function addressToward(peer: string): Promise<string> {
  const socket = createSocket({ type: isIPv6(peer) ? "udp6" : "udp4" });
  try {
    socket.connect(9, peer);
    await once(socket, "connect"); // Nothing is sent by it.
    return plainAddress(socket.address().address);
  } catch {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
  } finally {
    socket.close();
  }
}
