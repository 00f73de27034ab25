import { describe, expect, it } from "vitest";
import { type MediaWish, type NegotiationWishes, negotiate } from "../../../src/protocol/sdp/negotiation.ts";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import { PION_OFFER, SAFARI_OFFER, capturedOffer } from "./real-offers.ts";

const VIDEO: MediaWish = {
  send: true,
  receive: true,
  codecs: ["H264", "VP8"],
  feedback: ["nack", "nack pli", "ccm fir", "goog-remb"],
  headerExtensions: [
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "urn:nobody:has:this",
  ],
  retransmission: false,
};
const AUDIO: MediaWish = { ...VIDEO, codecs: ["opus", "PCMU"], feedback: [], headerExtensions: [] };

function outcomes(sdp: string, wishes: NegotiationWishes) {
  const { outcomes: all } = negotiate(parseOffer(sdp), wishes);
  return all.map((outcome) => {
    if (outcome.type !== "media") return outcome.type;
    const { codec, direction } = outcome.media;
    return `${direction} ${codec.name}/${codec.payloadType}`;
  });
}

/** An offer of sections that are bundled unless they say otherwise. */
function offer(...sections: string[][]): string {
  return [
    "v=0",
    "s=-",
    `a=group:BUNDLE ${sections.map((_, index) => index).join(" ")}`,
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuv",
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "00").join(":")}`,
    ...sections.flatMap(([mLine = "", ...attributes], index) => [mLine, `a=mid:${index}`, "a=rtcp-mux", ...attributes]),
  ].join("\r\n");
}

const video = (codecs: readonly string[], ...attributes: string[]): string[] => [
  `m=video 9 UDP/TLS/RTP/SAVPF ${codecs.map((_, index) => 96 + index).join(" ")}`,
  ...codecs.flatMap((codec, index) => {
    const [name, fmtp] = codec.split(" ");
    return [`a=rtpmap:${96 + index} ${name}/90000`, ...(fmtp ? [`a=fmtp:${96 + index} ${fmtp}`] : [])];
  }),
  ...attributes,
];
const h264 = (profile: string, mode: number): string =>
  `H264 level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`;

describe("with the offers of real peers", () => {
  it("agrees on video with Chromium, keeps its audio silent, takes its data channel", () => {
    const sdp = capturedOffer("chromium-vp8").offer;
    expect(outcomes(sdp, { video: VIDEO })).toEqual(["inactive", "sendrecv H264/108", "data"]);
    const { media, extraTracks, dataChannel } = negotiate(parseOffer(sdp), { video: VIDEO });
    expect(extraTracks.map(({ kind }) => kind)).toEqual(["audio"]);
    expect(dataChannel?.mid).toBe("2");
    expect(media[0]?.feedback).toEqual(["nack", "nack pli", "ccm fir", "goog-remb"]);
    expect(media[0]?.headerExtensions.map(({ uri }) => uri)).toEqual(VIDEO.headerExtensions.slice(0, 2));
  });

  it("prefers H.264 in its baseline form, with its own payload type", () => {
    const [media] = negotiate(parseOffer(capturedOffer("chromium-h264").offer), {
      video: { ...VIDEO, retransmission: true },
    }).media;
    expect(media).toMatchObject({
      codec: { name: "H264" },
      fmtp: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
      rtxPayloadType: (media?.codec.payloadType ?? 0) + 1,
    });
  });

  it("takes VP8 from Firefox, which has no H.264 here, and turns the direction of its extensions", () => {
    const [media] = negotiate(parseOffer(capturedOffer("firefox-vp8").offer), { video: VIDEO }).media;
    expect(media).toMatchObject({ codec: { name: "VP8", payloadType: 120 }, fmtp: "max-fs=12288;max-fr=60" });
    expect(media?.headerExtensions.map(({ id, direction }) => [id, direction])).toEqual([
      [3, "sendrecv"],
      [6, "sendonly"],
    ]);
  });

  it("takes constrained baseline from Safari and aiortc although another profile stands first", () => {
    expect(outcomes(SAFARI_OFFER, { video: VIDEO })).toEqual(["sendrecv H264/98", "data"]);
    expect(outcomes(capturedOffer("aiortc-h264").offer, { video: VIDEO, audio: AUDIO })).toEqual([
      "sendrecv H264/101",
      "sendrecv opus/96",
      "data",
    ]);
  });

  it("receives on one section and sends on another, as Pion offers it", () => {
    expect(outcomes(PION_OFFER, { video: VIDEO })).toEqual(["recvonly H264/102", "sendonly H264/102", "inactive"]);
  });
});

describe("the codec", () => {
  it.each([
    [[h264("42e01f", 0), h264("42e01f", 1)], "H264/97"],
    [[h264("42001f", 1), h264("42e01f", 0)], "H264/97"],
    [[h264("640c1f", 1), h264("4d001f", 1), h264("42001f", 0)], "H264/98"],
    [[h264("640c1f", 1)], "H264/96"],
    [["VP8", "VP9", h264("42e01f", 1)], "H264/98"],
    [["VP9", "vp8", h264("f4001f", 1)], "vp8/97"],
  ])("of %j is %s", (codecs, chosen) => {
    expect(outcomes(offer(video(codecs)), { video: VIDEO })).toEqual([`sendrecv ${chosen}`]);
  });

  it("follows the order of the wish", () => {
    const codecs = [h264("42e01f", 1), "VP8"];
    expect(outcomes(offer(video(codecs)), { video: { ...VIDEO, codecs: ["VP8", "H264"] } })).toEqual([
      "sendrecv VP8/97",
    ]);
  });

  it("may be one of static payload type without a map", () => {
    expect(outcomes(offer(["m=audio 9 UDP/TLS/RTP/SAVPF 0 8"]), { audio: AUDIO })).toEqual(["sendrecv PCMU/0"]);
  });

  it.each([
    [
      ["VP9", "AV1", "rtx apt=96"],
      "The video codecs of the offer are VP9, AV1, in forms that this server cannot use. It speaks H264 and VP8.",
    ],
    [
      [h264("f4001f", 1)],
      "The video codecs of the offer are H264, in forms that this server cannot use. It speaks H264 and VP8.",
    ],
  ])("is refused with a list of what was offered: %j", (codecs, message) => {
    expect(() => outcomes(offer(video(codecs)), { video: VIDEO })).toThrow(
      expect.objectContaining({ code: "unsupported_codec", message }),
    );
  });

  it("is refused with what is missing when no payload type has an rtpmap", () => {
    const bare = offer(video(["VP8", "VP9"])).replaceAll(/\r?\na=rtpmap:.*/g, "");
    expect(() => outcomes(bare, { video: VIDEO })).toThrow(
      expect.objectContaining({
        code: "unsupported_codec",
        message:
          'The video section of the offer names no codec: each payload type of its m-line needs an "a=rtpmap" line. This server speaks H264 and VP8.',
      }),
    );
  });
});

describe("directions", () => {
  it.each([
    ["sendrecv", { send: true, receive: true }, "sendrecv"],
    ["sendonly", { send: true, receive: true }, "recvonly"],
    ["recvonly", { send: true, receive: true }, "sendonly"],
    ["sendrecv", { send: false, receive: true }, "recvonly"],
    ["sendrecv", { send: true, receive: false }, "sendonly"],
  ])("of an offer that says %s for the wish %j is %s", (offered, wish, direction) => {
    expect(outcomes(offer(video(["VP8"], `a=${offered}`)), { video: { ...VIDEO, ...wish } })).toEqual([
      `${direction} VP8/96`,
    ]);
  });

  it("leaves sections inactive that nobody has a use for", () => {
    const sections = [video(["VP8"], "a=inactive"), video(["VP8"]), video(["VP8"])];
    const { extraTracks } = negotiate(parseOffer(offer(...sections)), { video: VIDEO });
    expect(outcomes(offer(...sections), { video: VIDEO })).toEqual(["inactive", "sendrecv VP8/96", "inactive"]);
    expect(extraTracks.map(({ index }) => index)).toEqual([2]);
  });

  it("does not count sections as extra tracks on which the peer would only listen", () => {
    const sdp = offer(video(["VP8"]), ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=recvonly"]);
    expect(negotiate(parseOffer(sdp), { video: VIDEO }).extraTracks).toEqual([]);
  });
});

describe("sections", () => {
  it("answers a data channel alone", () => {
    const sdp = offer(["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000"]);
    expect(outcomes(sdp, { video: VIDEO })).toEqual(["data"]);
    expect(outcomes(sdp, { dataChannel: false })).toEqual(["rejected"]);
  });

  it("rejects what has no place on the one transport, and keeps what was rejected rejected", () => {
    const sdp = offer(
      video(["VP8"]),
      ["m=audio 0 UDP/TLS/RTP/SAVPF 0"],
      ["m=text 9 RTP/AVP 98"],
      ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel"],
      ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel"],
      ["m=application 9 DTLS/SCTP 5000"],
    );
    expect(outcomes(sdp, { video: VIDEO, audio: AUDIO })).toEqual([
      "sendrecv VP8/96",
      "rejected",
      "rejected",
      "data",
      "rejected",
      "rejected",
    ]);
  });

  it("uses the first section alone when nothing is bundled", () => {
    const sdp = offer(video(["VP8"]), video(["VP8"])).replace(/a=group.*\r\n/, "");
    expect(outcomes(sdp, { video: VIDEO })).toEqual(["sendrecv VP8/96", "rejected"]);
  });

  it("needs RTP and RTCP on one port", () => {
    const sdp = offer(video(["VP8"])).replace("a=rtcp-mux", "a=x");
    expect(outcomes(sdp, { video: VIDEO })).toEqual(["rejected"]);
  });
});
