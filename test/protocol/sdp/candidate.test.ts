import { describe, expect, it } from "vitest";
import { parseCandidate, parseTrickledCandidate, writeCandidate } from "../../../src/protocol/sdp/candidate.ts";

const HOST =
  "candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag sXP5 network-cost 999";

it("reads Chromium's reflexive candidate and writes its essence", () => {
  const candidate = parseCandidate(HOST);
  expect(candidate).toEqual({
    foundation: "842163049",
    component: 1,
    protocol: "udp",
    priority: 1_677_729_535,
    address: "192.0.2.7",
    addressFamily: "ipv4",
    port: 46_154,
    type: "srflx",
  });
  expect(writeCandidate(candidate)).toBe("candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx");
});

it.each([
  ["candidate:1 1 UDP 1 fd00::2 1 typ host", { addressFamily: "ipv6", protocol: "udp" }],
  ["candidate:1 1 udp 1 ::ffff:192.0.2.1 1 typ host", { addressFamily: "ipv6" }],
  ["candidate:1 1 udp 1 1:2:3:4:5:6:7:8 1 typ relay", { addressFamily: "ipv6", type: "relay" }],
  [
    "a=candidate:0 1 UDP 2122252543 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 56187 typ host",
    { addressFamily: "name" },
  ],
  ["candidate:1 1 tcp 1 192.0.2.7 0 typ host tcptype active", { protocol: "tcp", port: 0 }],
  ["candidate:f957a2332b1715da3b0ef8ba684454eb 2 udp 0 192.0.2.7 65535 typ prflx", { component: 2, type: "prflx" }],
])("reads %s", (line, expected) => {
  expect(parseCandidate(line)).toMatchObject(expected);
});

it.each([
  ["", /does not begin/],
  ["candidate:", /foundation/],
  ["candidate:1 0 udp 1 192.0.2.7 1 typ host", /component/],
  ["candidate:1 1 udp -1 192.0.2.7 1 typ host", /priority/],
  ["candidate:1 1 udp 4294967296 192.0.2.7 1 typ host", /priority/],
  ["candidate:1 1 udp 1 192.0.2.7 0 typ host", /port/],
  ["candidate:1 1 udp 1 192.0.2.7 65536 typ host", /port/],
  ["candidate:1 1 sctp 1 192.0.2.7 1 typ host", /transport/],
  ["candidate:1 1 udp 1 fd00::2::1 1 typ host", /address/],
  ["candidate:1 1 udp 1 1:2:3:4:5:6:7 1 typ host", /address/],
  ["candidate:1 1 udp 1 host_name; 1 typ host", /address/],
  ["candidate:1 1 udp 1 192.0.2.7 1 typ magic", /type/],
  ["candidate:1 1 udp 1 192.0.2.7 1", /type/],
])("refuses %j", (line, message) => {
  expect(() => parseCandidate(line)).toThrow(
    expect.objectContaining({ code: "invalid_candidate", message: expect.stringMatching(message) }),
  );
});

describe("a trickled candidate", () => {
  it("says where it belongs", () => {
    expect(
      parseTrickledCandidate({ candidate: HOST, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "abcd" }),
    ).toEqual({
      candidate: parseCandidate(HOST),
      mid: "0",
      mLineIndex: 0,
      usernameFragment: "abcd",
    });
  });

  it("has its user fragment inside when it is not beside it", () => {
    expect(parseTrickledCandidate({ candidate: HOST, sdpMid: null, sdpMLineIndex: null })).toMatchObject({
      mid: undefined,
      mLineIndex: undefined,
      usernameFragment: "sXP5",
    });
  });

  it.each(["", "  ", "end-of-candidates", "a=end-of-candidates"])("is the last when it is %j", (candidate) => {
    expect(parseTrickledCandidate({ candidate, sdpMid: "0" }).candidate).toBeUndefined();
  });

  it.each([
    { candidate: HOST, sdpMid: "x".repeat(257) },
    { candidate: HOST, usernameFragment: "x".repeat(257) },
    { candidate: HOST, sdpMLineIndex: -1 },
    { candidate: HOST, sdpMLineIndex: 1.5 },
    { candidate: HOST, sdpMLineIndex: Number.NaN },
    { candidate: "x".repeat(1_000_000) },
  ])("is refused when it goes beyond its bounds", (json) => {
    expect(() => parseTrickledCandidate(json)).toThrow(expect.objectContaining({ code: "invalid_candidate" }));
  });
});

it("refuses random text without harm", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  for (let round = 0; round < 2000; round += 1) {
    const characters = [...HOST];
    for (let change = 0; change < 1 + random(5); change += 1) {
      characters[random(characters.length)] = String.fromCharCode(random(300));
    }
    try {
      expect(writeCandidate(parseCandidate(characters.join("")))).toMatch(
        /^candidate:[A-Za-z0-9+/]+ \d+ (udp|tcp) \d+ \S+ \d+ typ \w+$/,
      );
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "invalid_candidate" });
    }
  }
});
