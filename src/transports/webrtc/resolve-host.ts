import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";

/** How long a name server may take, in milliseconds, and how often it is asked. */
const TIMEOUT_MS = 1500;
const TRIES = 2;

/**
 * The IP address of a host name, IPv4 if there is one; `undefined` when it has none or no name server answers. It asks name servers itself:
 * the system's resolver would block one of the four threads that codecs run on, for as long as 20 s when offline.
 */
export async function resolveHost(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  if (host === "localhost") return "127.0.0.1";
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  for (const answer of answers) {
    if (answer.status === "fulfilled" && answer.value[0] !== undefined) return answer.value[0];
  }
  return undefined;
}
