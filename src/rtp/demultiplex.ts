/** What a datagram of a WebRTC transport holds, by its first bytes. */
export type DatagramKind = "stun" | "dtls" | "turn-channel" | "rtp" | "rtcp";

/**
 * Tells the protocols apart that share one WebRTC transport (RFC 7983 §7), and RTP from RTCP
 * (RFC 5761 §4: packet types 192 to 223 are RTCP). Returns `undefined` for bytes that are none of them.
 */
export function demultiplex(bytes: Uint8Array): DatagramKind | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  if (first <= 3) return "stun";
  if (first >= 20 && first <= 63) return "dtls";
  if (first >= 64 && first <= 79) return "turn-channel";
  if (first < 128 || first > 191) return undefined;
  const second = bytes[1];
  if (second === undefined) return undefined;
  return second >= 192 && second <= 223 ? "rtcp" : "rtp";
}
