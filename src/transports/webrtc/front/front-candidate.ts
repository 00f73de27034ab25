import type { IceCandidate } from "../../../protocol/sdp/candidate.ts";

/** Below every type that RFC 8445 section 5.1.2.2 recommends a preference for, but relays (0). */
const TYPE_PREFERENCE = 1;

/** The candidate for the way through a front, told after those that lead to the engine straight. */
export function frontCandidate(host: IceCandidate, port: number): IceCandidate {
  return {
    ...host,
    foundation: `${host.foundation}f`,
    priority: (TYPE_PREFERENCE << 24) | (host.priority & 0xffffff),
    port,
  };
}

/**
 * Whether a peer's candidate is a relay that it reaches over TCP or TLS. Browsers of the kind that needs a front (libwebrtc) give these the type
 * preferences 1 and 0, and higher ones to relays over UDP.
 */
export function isRelayOverTcp({ type, priority }: IceCandidate): boolean {
  return type === "relay" && priority >>> 24 < 2;
}
