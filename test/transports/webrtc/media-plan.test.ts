import { describe, expect, test } from "vitest";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import type { Offer } from "../../../src/protocol/sdp/session-description.ts";
import { type MediaPlanOptions, opusFormat, planMedia } from "../../../src/transports/webrtc/media-plan.ts";

type Section = readonly [kind: "audio" | "video", direction: string, codec?: string];

/** An offer of these sections, Opus with `fmtp` and H.264 unless another codec is named. */
function offer(sections: readonly Section[], { fmtp = "minptime=10;useinbandfec=1" } = {}): Offer {
  const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
  const media = sections.flatMap(([kind, direction, codec = kind === "audio" ? "opus/48000/2" : "H264/90000"], mid) => [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF 100`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${mid}`,
    `a=${direction}`,
    "a=rtcp-mux",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
    `a=rtpmap:100 ${codec}`,
    `a=fmtp:100 ${codec.startsWith("H264") ? "packetization-mode=1;profile-level-id=42e01f" : fmtp}`,
  ]);
  const head = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", `a=group:BUNDLE ${[...sections.keys()].join(" ")}`];
  const transport = ["a=ice-ufrag:abcd", "a=ice-pwd:0123456789abcdef012345", `a=fingerprint:sha-256 ${fingerprint}`];
  return parseOffer([...head, ...transport, "a=setup:actpass", ...media, ""].join("\r\n"));
}

const plan = (offered: Offer, options: Partial<MediaPlanOptions> = {}) =>
  planMedia(offered, { modality: "audio-video", mode: "send-receive", allowExtraTracks: false, ...options });

/** Each section's kind and what we do with it. */
const directions = (offered: Offer, options?: Partial<MediaPlanOptions>): string[] =>
  plan(offered, options).outcomes.map((outcome) =>
    outcome.type === "media" ? `${outcome.media.section.kind} ${outcome.media.direction}` : outcome.type,
  );

describe("a stream", () => {
  test.each([
    ["send-receive", "sendrecv", "sendrecv"],
    ["send-receive", "sendonly", "recvonly"],
    ["send", "sendrecv", "recvonly"],
    ["send", "sendonly", "recvonly"],
    ["receive", "recvonly", "sendonly"],
    ["receive", "sendrecv", "sendonly"],
  ] as const)("in mode %s answers an offer of %s with %s", (mode, offered, answered) => {
    const both = offer([
      ["audio", offered],
      ["video", offered],
    ]);
    expect(directions(both, { mode })).toEqual([`audio ${answered}`, `video ${answered}`]);
    expect(directions(offer([["audio", offered]]), { mode, modality: "audio" })).toEqual([`audio ${answered}`]);
    expect(directions(offer([["video", offered]]), { mode, modality: "video" })).toEqual([`video ${answered}`]);
  });

  test("sends and receives on two sections where they are offered apart", () => {
    const apart = offer([
      ["audio", "sendonly"],
      ["audio", "recvonly"],
    ]);
    expect(directions(apart, { modality: "audio" })).toEqual(["audio recvonly", "audio sendonly"]);
  });

  test("leaves alone what its mode has no use for", () => {
    expect(directions(offer([["audio", "recvonly"]]), { mode: "send", modality: "audio" })).toEqual(["inactive"]);
    expect(directions(offer([["audio", "recvonly"]]), { modality: "video" })).toEqual(["inactive"]);
  });

  test("refuses a track of a kind that it has no use for, unless told not to", () => {
    const both = offer([
      ["audio", "sendrecv"],
      ["video", "sendrecv"],
    ]);
    expect(() => plan(both, { modality: "audio" })).toThrow(
      expect.objectContaining({ code: "extra_tracks", message: expect.stringContaining("of video that this audio") }),
    );
    expect(directions(both, { modality: "audio", allowExtraTracks: true })).toEqual(["audio sendrecv", "inactive"]);
    expect(() => plan(both, { modality: "video", mode: "receive" })).toThrow(
      expect.objectContaining({ code: "extra_tracks" }),
    );
  });

  test("refuses sound without Opus and names what was offered", () => {
    expect(() => plan(offer([["audio", "sendrecv", "PCMU/8000"]]), { modality: "audio" })).toThrow(
      expect.objectContaining({ code: "unsupported_codec", message: expect.stringContaining("PCMU") }),
    );
  });
});

describe("Opus", () => {
  const agreed = (fmtp: string) => plan(offer([["audio", "sendrecv"]], { fmtp }), { modality: "audio" }).media[0];

  test("is mono by default, and repairs losses from copies", () => {
    const media = agreed("minptime=10;useinbandfec=1");
    expect(media?.fmtp).toBe("minptime=10;useinbandfec=1");
    expect(media?.headerExtensions.map(({ id }) => id)).toEqual([4, 1]);
    expect(media && opusFormat(media.codec)).toEqual({
      sentChannels: 1,
      receivedChannels: 1,
      forwardErrorCorrection: true,
      discontinuous: false,
    });
  });

  test("is stereo in the directions in which it was offered", () => {
    expect(agreed("stereo=1")?.fmtp).toBe("minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1");
    expect(agreed("sprop-stereo=1")?.fmtp).toBe("minptime=10;useinbandfec=1;stereo=1");
  });

  test.each([
    ["maxaveragebitrate=20000", 20_000],
    ["maxaveragebitrate=12000.5", 12_000],
    ["maxaveragebitrate=0", undefined],
    ["maxaveragebitrate=lots", undefined],
    ["minptime=10", undefined],
  ])("takes no more bits than the peer says (%s)", (fmtp, maximumBps) => {
    const media = agreed(fmtp);
    expect(media && opusFormat(media.codec).maximumBps).toBe(maximumBps);
  });

  test("is discontinuous where it was offered so", () => {
    const media = agreed("usedtx=1");
    expect(media?.fmtp).toBe("minptime=10;useinbandfec=1;usedtx=1");
    expect(media && opusFormat(media.codec).discontinuous).toBe(true);
  });
});
