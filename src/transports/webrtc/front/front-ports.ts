import type { ResolvedNetworkOptions } from "../../../session/network-options.ts";

/** The ports that the fronts of a peer may take. */
export interface FrontPorts {
  /** For peers behind TURN over TCP or TLS: tried one after the other; 0 is any that is free. None: no such front. */
  readonly udpPorts: readonly number[];
  /** For peers to whose network UDP is closed. @default no such front */
  readonly tcpPort?: number | undefined;
  /** Whether this side's own TURN servers have a front, too. @default false */
  readonly mendsRelays?: boolean;
}

/** How many ports of a range are tried. */
const MAX_TRIED = 64;

/**
 * The UDP ports that a front may take, in the order to try them: the one that was given for it, the range's last ones, or any.
 * None when a firewall lets a single port through and the peers have it already.
 */
export function relayFrontPorts({ relayPort, udpPort, portRange }: ResolvedNetworkOptions): readonly number[] {
  if (relayPort !== undefined) return [relayPort];
  if (udpPort !== undefined) return [];
  if (!portRange) return [0];
  const [first, last] = portRange;
  return Array.from({ length: Math.min(MAX_TRIED, last - first) }, (_, index) => last - index);
}
