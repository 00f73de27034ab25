import type { IceCandidate } from "../../../protocol/sdp/candidate.ts";
import type { Front } from "./shared-fronts.ts";

/**
 * Below every type that RFC 8445 section 5.1.2.2 recommends a preference for, but relays. For TCP it lies between a browser's relays over UDP,
 * which lose a packet without delaying those behind it, and those over TCP.
 */
const TYPE_PREFERENCES = { udp: 1, tcp: 2 };

/** The candidate for the way through a front, told after those that lead to the engine straight. */
export function frontCandidate(host: IceCandidate, { protocol, port }: Pick<Front, "protocol" | "port">): IceCandidate {
  return {
    ...host,
    foundation: `${host.foundation}${protocol === "udp" ? "f" : "t"}`,
    protocol,
    priority: (TYPE_PREFERENCES[protocol] << 24) | (host.priority & 0xffffff),
    port,
    ...(protocol === "tcp" && { tcpType: "passive" }),
  };
}

/**
 * Whether a peer's candidate is a relay that it reaches over TCP or TLS. Browsers of the kind that needs a front (libwebrtc) give these the type
 * preferences 1 and 0, and higher ones to relays over UDP.
 */
export function isRelayOverTcp({ type, priority }: IceCandidate): boolean {
  return type === "relay" && priority >>> 24 < 2;
}
