import { describe, expect, test } from "vitest";
import { parseOfferRequest } from "../../src/protocol/offer-request.ts";

describe("the body of POST webrtc/offer", () => {
  test("is an offer", () => {
    expect(parseOfferRequest({ sdp: "v=0", type: "offer", webrtc_id: "a1" })).toEqual({
      type: "offer",
      sdp: "v=0",
      webrtcId: "a1",
    });
  });

  test("is the word that nobody comes, with what proves it", () => {
    const resume = { session: "token", attempt: 2 };
    expect(parseOfferRequest({ type: "leave", webrtc_id: "a1", resume })).toEqual({
      type: "leave",
      webrtcId: "a1",
      claim: resume,
    });
    expect(() => parseOfferRequest({ type: "leave", webrtc_id: "a1" })).toThrow('The field "resume" is missing');
  });

  test("is a candidate as browsers write it, with fields that they add later", () => {
    const candidate = {
      candidate: "candidate:1 1 udp 1 ::1 9 typ host",
      sdpMid: "0",
      sdpMLineIndex: 0,
      usernameFragment: null,
    };
    expect(
      parseOfferRequest({ type: "ice-candidate", webrtc_id: "a1", candidate: { ...candidate, relayProtocol: null } }),
    ).toEqual({
      type: "ice-candidate",
      webrtcId: "a1",
      candidate,
    });
  });

  test.each([null, undefined, "candidate:1", { sdpMid: "0" }, { candidate: 7 }, []])(
    "has no candidate when %j stands in its place",
    (candidate) => {
      expect(parseOfferRequest({ type: "ice-candidate", webrtc_id: "a1", candidate })).toEqual({
        type: "ice-candidate",
        webrtcId: "a1",
        candidate: undefined,
      });
    },
  );

  test.each([
    [null, "not a JSON object"],
    ["text", "not a JSON object"],
    [[], "not a JSON object"],
    [{}, '"type"'],
    [{ type: "answer", sdp: "v=0", webrtc_id: "a" }, '"type"'],
    [{ type: "offer", sdp: "v=0" }, '"webrtc_id"'],
    [{ type: "offer", sdp: "v=0", webrtc_id: "" }, '"webrtc_id"'],
    [{ type: "offer", sdp: "v=0", webrtc_id: "x".repeat(200) }, '"webrtc_id"'],
    [{ type: "offer", webrtc_id: "a" }, '"sdp"'],
    [{ type: "offer", sdp: 7, webrtc_id: "a" }, '"sdp"'],
    [{ type: "offer", sdp: "v=0", webrtc_id: { a: 1 } }, '"webrtc_id"'],
  ])("is refused when it is %j, with the field at fault", (body, words) => {
    expect(() => parseOfferRequest(body)).toThrow(
      expect.objectContaining({ code: "invalid_request", message: expect.stringContaining(words) }),
    );
  });
});

test("reads what a client says of resuming, and passes over what is not that", () => {
  const read = (resume: unknown) => {
    const request = parseOfferRequest({ type: "offer", sdp: "v=0", webrtc_id: "a", resume });
    return request.type === "offer" ? request.resume : request;
  };
  const claim = { session: "token", attempt: 1 };
  expect([true, claim, false, "token", { session: "token" }, { ...claim, attempt: 0.5 }, null].map(read)).toEqual([
    true,
    claim,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
