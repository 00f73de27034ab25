import { expect, it } from "vitest";
import { engineOffer, readEngineAnswer } from "../../../src/transports/webrtc/engine-description.ts";

const FINGERPRINT = { algorithm: "sha-256", value: Array.from({ length: 32 }, () => "0A").join(":") };

it("describes the peer's transport with one media section, whatever its offer had", () => {
  const offer = engineOffer({
    iceUfrag: "user",
    icePwd: "abcdefghijklmnopqrstuv",
    fingerprint: FINGERPRINT,
    setup: "actpass",
    media: true,
    dataChannel: { maxMessageSize: 1000 },
  });
  expect(offer.match(/^[ma]=.*$/gm)).toEqual([
    "a=group:BUNDLE rtp data",
    "a=ice-ufrag:user",
    "a=ice-pwd:abcdefghijklmnopqrstuv",
    `a=fingerprint:sha-256 ${FINGERPRINT.value}`,
    "a=setup:actpass",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "a=mid:rtp",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtpmap:96 VP8/90000",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "a=mid:data",
    "a=sctp-port:5000",
    "a=max-message-size:1000",
  ]);
});

it("reads parameters and candidates of the engine's answer, each candidate once", () => {
  const { local, candidates } = readEngineAnswer(
    [
      "v=0",
      `a=fingerprint:sha-256 ${FINGERPRINT.value}`,
      ...["m=video 9 UDP/TLS/RTP/SAVPF 96", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"].flatMap((line) => [
        line,
        "a=setup:active",
        "a=ice-ufrag:user",
        "a=ice-pwd:secret",
        "a=candidate:1 1 UDP 2114977791 192.0.2.2 44349 typ host",
      ]),
    ].join("\r\n"),
  );
  expect(local).toEqual({ iceUfrag: "user", icePwd: "secret", fingerprint: FINGERPRINT, setup: "active" });
  expect(candidates).toMatchObject([{ address: "192.0.2.2", port: 44_349, protocol: "udp" }]);
});
