import type { ResolvedNetworkOptions } from "../../../session/network-options.ts";

/** How many ports of a range are tried. */
const MAX_TRIED = 64;

/**
 * The UDP ports that a front may take, in the order to try them: the one that was given for it, the range's last ones, or any.
 * None when a firewall lets a single port through and the peers have it already.
 */
export function frontPorts({ relayPort, udpPort, portRange }: ResolvedNetworkOptions): readonly number[] {
  if (relayPort !== undefined) return [relayPort];
  if (udpPort !== undefined) return [];
  if (!portRange) return [0];
  const [first, last] = portRange;
  return Array.from({ length: Math.min(MAX_TRIED, last - first) }, (_, index) => last - index);
}
