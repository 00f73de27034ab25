/** What two peers must know of each other to connect: the ICE and DTLS lines of an SDP. */
export interface TransportDescription {
  readonly ufrag: string;
  readonly password: string;
  /** As in SDP: the hash's name, a space, the hash. */
  readonly fingerprint: string;
  readonly setup: string;
  /** Candidate lines without `a=`. */
  readonly candidates: readonly string[];
}

/** Reads the transport of a bundled SDP, of which the first section speaks for all. */
export function readTransport(sdp: string): TransportDescription {
  const candidates = sdp.matchAll(/^a=(candidate:.+?)\r?$/gm);
  return {
    ufrag: attribute(sdp, "ice-ufrag"),
    password: attribute(sdp, "ice-pwd"),
    fingerprint: attribute(sdp, "fingerprint"),
    setup: attribute(sdp, "setup"),
    candidates: [...new Set(Array.from(candidates, (match) => match[1] ?? ""))],
  };
}

/** The lines that announce a transport inside one media section. */
export function transportLines(transport: TransportDescription): string[] {
  return [
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.password}`,
    `a=fingerprint:${transport.fingerprint}`,
    `a=setup:${transport.setup}`,
    ...transport.candidates.map((candidate) => `a=${candidate}`),
  ];
}

/**
 * The SDP handed to the native library instead of the real one: a single video section and a data channel. With one
 * track the library gives us every packet of the peer as it came, whatever the real SDP says.
 */
export function singleTrackSdp(transport: TransportDescription): string {
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE rtp data",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "c=IN IP4 0.0.0.0",
    "a=mid:rtp",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtpmap:96 VP8/90000",
    ...transportLines(transport),
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    "a=mid:data",
    "a=sctp-port:5000",
    ...transportLines(transport),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function attribute(sdp: string, name: string): string {
  const value = new RegExp(`^a=${name}:(.+?)\\r?$`, "m").exec(sdp)?.[1];
  if (value === undefined) throw new Error(`The SDP has no a=${name} line.`);
  return value;
}
