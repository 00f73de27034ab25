import { describe, expect, it } from "vitest";
import { type AnswerOptions, writeAnswer } from "../../../src/protocol/sdp/answer.ts";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { type MediaWish, type NegotiationWishes, negotiate } from "../../../src/protocol/sdp/negotiation.ts";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import { PION_OFFER, SAFARI_OFFER, capturedOffer } from "./real-offers.ts";

const FINGERPRINT = Array.from({ length: 32 }, () => "AB").join(":");
const OPTIONS: AnswerOptions = {
  local: {
    iceUfrag: "user",
    icePwd: "passwordpasswordpassword",
    fingerprint: { algorithm: "sha-256", value: FINGERPRINT },
    setup: "active",
  },
  candidates: [parseCandidate("candidate:1 1 UDP 2114977791 192.0.2.2 40000 typ host")],
  sessionId: 42,
  streamFor: ({ rtxPayloadType }) => ({
    ssrc: 1000,
    rtxSsrc: rtxPayloadType === undefined ? undefined : 1001,
    cname: "us",
    streamId: "stream",
    trackId: "track",
  }),
};
const VIDEO: MediaWish = {
  send: true,
  receive: true,
  codecs: ["H264", "VP8"],
  feedback: ["nack", "nack pli"],
  headerExtensions: [
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
  ],
  retransmission: true,
};

function answer(sdp: string, wishes: NegotiationWishes, options: Partial<AnswerOptions> = {}): string[] {
  const text = writeAnswer(negotiate(parseOffer(sdp), wishes), { ...OPTIONS, ...options });
  expect(text.endsWith("\r\n")).toBe(true);
  return text.trimEnd().split("\r\n");
}

it("answers Safari line by line", () => {
  expect(answer(SAFARI_OFFER, { video: VIDEO })).toEqual([
    "v=0",
    "o=- 42 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "a=msid-semantic:WMS *",
    "m=video 9 UDP/TLS/RTP/SAVPF 98 99",
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    "a=candidate:1 1 udp 2114977791 192.0.2.2 40000 typ host",
    "a=end-of-candidates",
    "a=ice-ufrag:user",
    "a=ice-pwd:passwordpasswordpassword",
    "a=ice-options:trickle",
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    "a=setup:active",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=rtpmap:98 H264/90000",
    "a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    "a=rtcp-fb:98 nack pli",
    "a=rtpmap:99 rtx/90000",
    "a=fmtp:99 apt=98",
    "a=msid:stream track",
    "a=ssrc-group:FID 1000 1001",
    "a=ssrc:1000 cname:us",
    "a=ssrc:1000 msid:stream track",
    "a=ssrc:1001 cname:us",
    "a=ssrc:1001 msid:stream track",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    "a=mid:1",
    "a=ice-ufrag:user",
    "a=ice-pwd:passwordpasswordpassword",
    "a=ice-options:trickle",
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    "a=setup:active",
    "a=sctp-port:5000",
    "a=max-message-size:262144",
  ]);
});

it("names a stream where it sends, and none where it only receives", () => {
  const lines = answer(PION_OFFER, { video: VIDEO });
  expect(lines.filter((line) => /^m=|^a=(sendonly|recvonly|inactive|msid:|ssrc:)/.test(line))).toEqual([
    "m=video 9 UDP/TLS/RTP/SAVPF 102",
    "a=recvonly",
    "m=video 9 UDP/TLS/RTP/SAVPF 102",
    "a=sendonly",
    "a=msid:stream track",
    "a=ssrc:1000 cname:us",
    "a=ssrc:1000 msid:stream track",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=inactive",
  ]);
});

it("keeps the m-lines of the offer in their order, the rejected ones with port 0 and out of the bundle", () => {
  const lines = answer(capturedOffer("chromium-vp8").offer, { video: VIDEO, dataChannel: false });
  expect(lines.filter((line) => /^m=|^a=group|^a=mid/.test(line))).toEqual([
    "a=group:BUNDLE 0 1",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=mid:0",
    "m=video 9 UDP/TLS/RTP/SAVPF 108 109",
    "a=mid:1",
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    "a=mid:2",
  ]);
});

it("gives the candidates on the first open section only, and says when more may follow", () => {
  const lines = answer(capturedOffer("firefox-vp8").offer, { video: VIDEO }, { moreCandidates: true });
  expect(lines.filter((line) => /candidate/.test(line))).toEqual([
    "a=candidate:1 1 udp 2114977791 192.0.2.2 40000 typ host",
  ]);
  expect(lines.findIndex((line) => line.startsWith("a=candidate"))).toBeLessThan(
    lines.findIndex((line) => line.startsWith("m=video")),
  );
});

it("writes the direction of an extension that only one end uses", () => {
  expect(
    answer(capturedOffer("firefox-vp8").offer, { video: VIDEO }).filter((line) => line.startsWith("a=extmap")),
  ).toEqual([
    "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:6/sendonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
  ]);
});

describe("what comes out", () => {
  const wishes: readonly NegotiationWishes[] = [
    { video: VIDEO },
    { audio: { ...VIDEO, codecs: ["opus"] } },
    { video: { ...VIDEO, retransmission: false }, audio: { ...VIDEO, codecs: ["opus"], send: false } },
    {},
  ];
  const offers = [
    SAFARI_OFFER,
    PION_OFFER,
    ...["chromium-vp8", "firefox-vp8", "aiortc-h264"].map((name) => capturedOffer(name).offer),
  ];

  it.each(offers.map((sdp, index) => [index, sdp] as const))(
    "can be read again and fits the offer %i",
    (_index, sdp) => {
      for (const wish of wishes) {
        const offered = parseOffer(sdp);
        const answered = parseOffer(writeAnswer(negotiate(offered, wish), OPTIONS));
        expect(answered.media.map(({ mid, media, protocol }) => [mid, media, protocol])).toEqual(
          offered.media.map(({ mid, media, protocol }) => [mid, media, protocol]),
        );
        for (const [index, section] of answered.media.entries()) {
          const original = offered.media[index];
          for (const codec of section.codecs) {
            expect(original?.codecs.find(({ payloadType }) => payloadType === codec.payloadType)?.name).toBe(
              codec.name,
            );
          }
        }
      }
    },
  );
});
