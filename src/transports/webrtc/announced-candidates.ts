import type { IceCandidate } from "../../protocol/sdp/candidate.ts";

/**
 * The candidates for an answer of a server whose public addresses are mapped one to one onto its own, as in
 * clouds and containers: each host candidate is repeated with each public address of its family, ahead of it.
 */
export function announcedCandidates(
  found: readonly IceCandidate[],
  publicAddresses: readonly string[],
): IceCandidate[] {
  const announced = found.flatMap((candidate) => {
    if (candidate.type !== "host") return [];
    return publicAddresses
      .filter((address) => (address.includes(":") ? "ipv6" : "ipv4") === candidate.addressFamily)
      .map((address): IceCandidate => ({
        ...candidate,
        address,
        foundation: `${candidate.foundation}a`,
        priority: candidate.priority + 1,
      }));
  });
  return [...announced, ...found];
}
