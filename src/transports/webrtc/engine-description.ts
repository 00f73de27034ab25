import { FastRtcError, invariant } from "../../errors.ts";
import { type IceCandidate, parseCandidate } from "../../protocol/sdp/candidate.ts";
import type { LocalTransport, RemoteTransport } from "./packet-transport.ts";

/** The `mid` of the one media section that carries every stream of the peer. */
export const RTP_MID = "rtp";
/** The `mid` of the data channel section. */
export const DATA_MID = "data";

/** Any payload type will do: without a media handler the engine does not look at it. */
const ANY_PAYLOAD_TYPE = 96;

const FINGERPRINT = /^[0-9A-F]{2}(?::[0-9A-F]{2}){15,63}$/i;
const ICE_CHARACTERS = /^[A-Za-z0-9+/=_-]+$/;

/**
 * The offer that the engine gets to see instead of the peer's own. It has a single media section, because with one track
 * and no media handler the engine hands over every RTP and RTCP packet as it came, whatever its SSRC; with more
 * of them it drops unknown SSRCs and repeats compound RTCP. Only checked fields of the peer's text get in here.
 * @throws {FastRtcError} `invalid_sdp` when the ICE or DTLS parameters cannot be used.
 */
export function engineOffer(remote: RemoteTransport): string {
  checkTransport(remote);
  const { iceUfrag, icePwd, fingerprint, setup, media, dataChannel } = remote;
  const mids = [...(media ? [RTP_MID] : []), ...(dataChannel ? [DATA_MID] : [])];
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
    `a=ice-ufrag:${iceUfrag}`,
    `a=ice-pwd:${icePwd}`,
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    `a=setup:${setup}`,
  ];
  if (media) {
    lines.push(
      `m=video 9 UDP/TLS/RTP/SAVPF ${ANY_PAYLOAD_TYPE}`,
      "c=IN IP4 0.0.0.0",
      `a=mid:${RTP_MID}`,
      "a=sendrecv",
      "a=rtcp-mux",
      `a=rtpmap:${ANY_PAYLOAD_TYPE} VP8/90000`,
    );
  }
  if (dataChannel) {
    lines.push(
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      `a=mid:${DATA_MID}`,
      "a=sctp-port:5000",
      `a=max-message-size:${dataChannel.maxMessageSize}`,
    );
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** What the engine's answer says about this end. The candidates that it holds were found while it was made. */
export function readEngineAnswer(sdp: string): { local: LocalTransport; candidates: IceCandidate[] } {
  const values = new Map<string, string>();
  const candidates: IceCandidate[] = [];
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith("a=candidate:")) {
      const candidate = parseCandidate(line);
      // Each media section repeats those of the one transport.
      if (
        !candidates.some(
          ({ address, port, type }) =>
            address === candidate.address && port === candidate.port && type === candidate.type,
        )
      ) {
        candidates.push(candidate);
      }
    } else if (line.startsWith("a=")) {
      const colon = line.indexOf(":");
      const key = line.slice(2, colon);
      if (colon > 0 && !values.has(key)) values.set(key, line.slice(colon + 1).trim());
    }
  }
  const [algorithm, value] = (values.get("fingerprint") ?? "").split(" ");
  const iceUfrag = values.get("ice-ufrag");
  const icePwd = values.get("ice-pwd");
  const setup = values.get("setup");
  invariant(iceUfrag && icePwd && algorithm && value, "the engine's answer has ICE and DTLS parameters");
  invariant(setup === "active" || setup === "passive", "the engine's answer takes a DTLS role");
  return { local: { iceUfrag, icePwd, fingerprint: { algorithm, value }, setup }, candidates };
}

function checkTransport({ iceUfrag, icePwd, fingerprint, media, dataChannel }: RemoteTransport): void {
  const refuse = (reason: string) =>
    new FastRtcError("invalid_sdp", `The offer's transport cannot be used: ${reason}.`);
  if (!media && !dataChannel) throw refuse("it has neither media nor a data channel to answer");
  if (!ICE_CHARACTERS.test(iceUfrag) || iceUfrag.length < 4 || iceUfrag.length > 256)
    throw refuse("its ice-ufrag is not valid");
  if (!ICE_CHARACTERS.test(icePwd) || icePwd.length < 22 || icePwd.length > 256)
    throw refuse("its ice-pwd is not valid");
  if (!/^[a-z0-9-]{3,16}$/.test(fingerprint.algorithm) || !FINGERPRINT.test(fingerprint.value)) {
    throw refuse("its DTLS fingerprint is not valid");
  }
}
