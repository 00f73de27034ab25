import { describe, expect, it } from "vitest";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import { offeredTransport } from "../../../src/protocol/sdp/transport-parameters.ts";
import { PION_OFFER, SAFARI_OFFER, capturedOffer } from "./real-offers.ts";

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "invalid_sdp", message: expect.stringMatching(message) });

describe("offers of real peers", () => {
  it("reads Chromium's", () => {
    const { bundles, media, trickle, iceLite } = parseOffer(capturedOffer("chromium-vp8").offer);
    expect({ bundles, iceLite, trickle }).toEqual({ bundles: [["0", "1", "2"]], iceLite: false, trickle: false });
    expect(
      media.map(({ kind, mid, direction, rtcpMux, protocol }) => ({ kind, mid, direction, rtcpMux, protocol })),
    ).toEqual([
      { kind: "audio", mid: "0", direction: "sendrecv", rtcpMux: true, protocol: "UDP/TLS/RTP/SAVPF" },
      { kind: "video", mid: "1", direction: "sendrecv", rtcpMux: true, protocol: "UDP/TLS/RTP/SAVPF" },
      { kind: "application", mid: "2", direction: "sendrecv", rtcpMux: false, protocol: "UDP/DTLS/SCTP" },
    ]);
    const [audio, video, application] = media;
    expect(audio?.codecs[0]).toMatchObject({
      payloadType: 111,
      name: "opus",
      clockRate: 48_000,
      channels: 2,
      fmtp: "minptime=10;useinbandfec=1",
    });
    expect(video?.codecs.find(({ name }) => name === "VP8")).toMatchObject({
      clockRate: 90_000,
      feedback: ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"],
    });
    expect(video).toMatchObject({
      ssrcGroups: [{ semantics: "FID", ssrcs: video?.ssrcs.map(({ ssrc }) => ssrc) }],
      rtcpReducedSize: true,
    });
    expect(application).toMatchObject({ sctpPort: 5000, maxMessageSize: 262_144 });
  });

  it("reads Firefox's, with its fingerprint above the m-lines", () => {
    const { media } = parseOffer(capturedOffer("firefox-vp8").offer);
    expect(media.map(({ kind, fingerprints }) => [kind, fingerprints.length])).toEqual([
      ["audio", 1],
      ["video", 1],
      ["application", 1],
    ]);
    expect(media[1]?.headerExtensions).toContainEqual({
      id: 6,
      uri: "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
      direction: "recvonly",
    });
    expect(media[1]?.codecs.map(({ name }) => name)).toEqual([
      "VP8",
      "rtx",
      "VP9",
      "rtx",
      "AV1",
      "rtx",
      "ulpfec",
      "red",
      "rtx",
    ]);
  });

  it("reads aiortc's, with its candidates inside and three fingerprints", () => {
    const offer = parseOffer(capturedOffer("aiortc-h264").offer);
    expect(offer.media[0]).toMatchObject({
      endOfCandidates: true,
      candidates: [{ addressFamily: "ipv4" }, { addressFamily: "ipv6" }],
    });
    expect(offer.media[0]?.fingerprints.map(({ algorithm }) => algorithm)).toEqual(["sha-256", "sha-384", "sha-512"]);
    const { fingerprint, candidates, sections, endOfCandidates } = offeredTransport(offer);
    expect(fingerprint.algorithm).toBe("sha-256");
    expect(candidates).toEqual(offer.media[0]?.candidates);
    expect([sections.length, endOfCandidates]).toEqual([3, true]);
  });

  it("reads Safari's, with an mDNS candidate", () => {
    const { candidates, setup } = offeredTransport(parseOffer(SAFARI_OFFER));
    expect(candidates).toMatchObject([{ addressFamily: "name", port: 53_817 }]);
    expect(setup).toBe("actpass");
  });

  it("reads Pion's: wildcard feedback, bundle-only, candidates of kinds nobody knows", () => {
    const { media } = parseOffer(PION_OFFER);
    expect(media.map(({ mid, rejected, direction }) => [mid, rejected, direction])).toEqual([
      ["cam", false, "sendonly"],
      ["screen", false, "recvonly"],
      ["audio", false, "sendrecv"],
    ]);
    expect(media[0]?.codecs.map(({ name, feedback }) => [name, feedback])).toEqual([
      ["H264", ["nack", "nack pli"]],
      ["VP8", ["goog-remb", "nack", "nack pli"]],
    ]);
    expect(media[0]?.candidates.map(({ protocol, component }) => [protocol, component])).toEqual([
      ["udp", 1],
      ["udp", 2],
      ["tcp", 1],
    ]);
    expect(media[2]?.codecs.map(({ name }) => name)).toEqual(["opus", "PCMU"]);
  });
});

describe("the shared transport", () => {
  const twoSections = (group: string): string =>
    [
      "v=0",
      "s=-",
      ...(group ? [`a=group:BUNDLE ${group}`] : []),
      `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "ab").join(":")}`,
      ...["a", "b"].flatMap((mid) => [
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        `a=mid:${mid}`,
        "a=rtcp-mux",
        `a=ice-ufrag:user${mid}`,
        "a=ice-pwd:abcdefghijklmnopqrstuv",
      ]),
    ].join("\n");

  it("is that of the section which the group names first", () => {
    const { iceUfrag, sections, fingerprint } = offeredTransport(parseOffer(twoSections("b a")));
    expect([iceUfrag, sections.map(({ mid }) => mid)]).toEqual(["userb", ["a", "b"]]);
    expect(fingerprint.value).toMatch(/^AB:AB/);
  });

  it("is that of the first section alone when nothing is bundled", () => {
    const { iceUfrag, sections } = offeredTransport(parseOffer(twoSections("")));
    expect([iceUfrag, sections.map(({ mid }) => mid)]).toEqual(["usera", ["a"]]);
  });

  it.each([
    [/no ice-ufrag or no ice-pwd/, "a=ice-ufrag:userb", ""],
    [/no DTLS fingerprint/, /a=fingerprint:.*/, ""],
    [
      /its DTLS fingerprint is by sha-1 alone: it needs one by SHA-256/,
      /a=fingerprint:.*/,
      `a=fingerprint:sha-1 ${Array.from({ length: 20 }, () => "ab").join(":")}`,
    ],
    [/holdconn/, "a=mid:b", "a=mid:b\na=setup:holdconn"],
    [/all its media sections are rejected/, /m=audio 9/g, "m=audio 0"],
  ] as const)("is refused: %s", (message, from, to) => {
    const sdp = twoSections("b a").replace(from, to);
    expect(() => offeredTransport(parseOffer(sdp))).toThrow(refusal(message));
  });
});

describe("what is no offer", () => {
  const head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

  it.each([
    ["", /no media section/],
    ["v=0\r\ns=-\r\n", /no media section/],
    ["hello", /line 1: it does not have the form "letter=value"/],
    ["s=-\r\nv=0\r\n", /line 1: an SDP begins with "v=0"/],
    [`${head}m=video\r\n`, /line 5: the m-line has no transport protocol/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF\r\n`, /no valid list of formats/],
    [`${head}m=video 70000 UDP/TLS/RTP/SAVPF 96\r\n`, /port is not a whole number from 0 to 65535/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 300\r\n`, /payload type is not a whole number from 0 to 127/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 \r\n`, /line 6: it names no codec/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:a b\r\n`, /its mid is not valid/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-pwd:short\r\n`, /its ice-pwd is not/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=fingerprint:sha-256 xyz\r\n`, /its fingerprint is not valid/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=setup:whenever\r\n`, /"whenever" is not a DTLS setup/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ssrc:x cname:y\r\n`, /its SSRC is not/],
    [`${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\ra=mid:1\r\n`, /control character/],
    [
      `${head}${"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n".repeat(2)}`,
      /two of its media sections have the mid "0"/,
    ],
  ])("is refused with a sentence: %j", (sdp, message) => {
    expect(() => parseOffer(sdp)).toThrow(refusal(message));
  });

  it.each([
    ["a line of 9,000 characters", `${head}a=x:${"x".repeat(9000)}\r\n`, /line 5: it has more than 8192 characters/],
    ["20,000 lines", "v=0\n".repeat(20_000), /more than 10000 lines/],
    ["280,000 characters", "v=0\n".repeat(70_000), /more than 262144 characters/],
  ])("is refused for its size: %s", (_what, sdp, message) => {
    expect(() => parseOffer(sdp)).toThrow(refusal(message));
  });

  it("is one with 1,000 m-lines", () => {
    const sdp = `${head}${"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(1000)}`;
    expect(() => parseOffer(sdp)).toThrow(refusal(/more than 64 media sections/));
    expect(parseOffer(`${head}${"m=audio 9 RTP/SAVPF 0\r\n".repeat(64)}`).media).toHaveLength(64);
  });

  it("is random bytes", () => {
    let seed = 3;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    for (let round = 0; round < 100; round += 1) {
      const bytes = Buffer.from(Array.from({ length: random(2000) }, () => random(256)));
      expect(() => parseOffer(bytes.toString("utf8"))).toThrow(refusal(/^The SDP cannot be used: .*\.$/));
    }
  });

  it("may be a real one with a few bytes changed, without any other error", () => {
    let seed = 5;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const sources = [
      SAFARI_OFFER,
      PION_OFFER,
      ...["chromium-h264", "firefox-vp8", "aiortc-vp8"].map((name) => capturedOffer(name).offer),
    ];
    let read = 0;
    for (let round = 0; round < 1000; round += 1) {
      const characters = [...(sources[round % sources.length] ?? "")];
      for (let change = 0; change < 1 + random(4); change += 1) {
        const at = random(characters.length);
        if (random(3) === 0) characters.splice(at, random(40));
        else characters[at] = String.fromCharCode(random(128));
      }
      try {
        offeredTransport(parseOffer(characters.join("")));
        read += 1;
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "invalid_sdp" });
      }
    }
    expect(read).toBeGreaterThan(200);
  });

  it("keeps at most 64 candidates, 64 SSRCs and 32 kinds of feedback of a section", () => {
    const many = (line: (index: number) => string): string =>
      Array.from({ length: 500 }, (_, index) => line(index)).join("\r\n");
    const [section] = parseOffer(
      [
        `${head}m=video 9 UDP/TLS/RTP/SAVPF 96`,
        "a=rtpmap:96 VP8/90000",
        many((index) => `a=candidate:${index} 1 udp 1 192.0.2.1 ${index + 1} typ host`),
        many((index) => `a=ssrc:${index} cname:x`),
        many((index) => `a=rtcp-fb:96 kind${index}`),
        many((index) => `a=rid:${index} send`),
      ].join("\r\n"),
    ).media;
    expect([
      section?.candidates.length,
      section?.ssrcs.length,
      section?.codecs[0]?.feedback.length,
      section?.rids.length,
    ]).toEqual([64, 64, 32, 16]);
  });
});
