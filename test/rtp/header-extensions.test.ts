import { describe, expect, it } from "vitest";
import {
  absSendTimeAt,
  HEADER_EXTENSION_URIS,
  HeaderExtensionMap,
  type HeaderExtensionName,
  type HeaderExtensionValues,
} from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { fromHex, toHex } from "./support/hex.ts";

const NAMES = Object.keys(HEADER_EXTENSION_URIS) as HeaderExtensionName[];
const ALL = new HeaderExtensionMap(NAMES.map((name, index) => [index + 1, HEADER_EXTENSION_URIS[name]]));

function roundTrip<Name extends HeaderExtensionName>(name: Name, value: HeaderExtensionValues[Name]) {
  const elements = ALL.elements(name, value);
  const bytes = serializeRtpPacket({
    payloadType: 96,
    sequenceNumber: 1,
    timestamp: 2,
    ssrc: 3,
    extensions: elements,
    payload: new Uint8Array(1),
  });
  const packet = parseRtpPacket(bytes);
  return { hex: elements.map((element) => toHex(element.value)).join(""), back: packet && ALL.read(packet, name) };
}

function read(name: HeaderExtensionName, hex: string): unknown {
  const bytes = serializeRtpPacket({
    payloadType: 96,
    sequenceNumber: 1,
    timestamp: 2,
    ssrc: 3,
    extensions: [{ id: NAMES.indexOf(name) + 1, value: fromHex(hex) }],
    payload: new Uint8Array(1),
  });
  const packet = parseRtpPacket(bytes);
  return packet && ALL.read(packet, name);
}

describe("the values of header extensions", () => {
  it("are what their documents say, both ways", () => {
    expect(roundTrip("mid", "video0")).toEqual({ hex: "766964656f30", back: "video0" });
    expect(roundTrip("rid", "hi")).toEqual({ hex: "6869", back: "hi" });
    expect(roundTrip("repairedRid", "lo")).toEqual({ hex: "6c6f", back: "lo" });
    expect(roundTrip("absSendTime", 0x123456)).toEqual({ hex: "123456", back: 0x123456 });
    expect(roundTrip("transportSequenceNumber", 65535)).toEqual({ hex: "ffff", back: 65535 });
    expect(roundTrip("audioLevel", { levelDbov: -30, voiceActivity: true })).toEqual({
      hex: "9e",
      back: { levelDbov: -30, voiceActivity: true },
    });
    expect(roundTrip("playoutDelay", { minimumMs: 100, maximumMs: 40950 })).toEqual({
      hex: "00afff",
      back: { minimumMs: 100, maximumMs: 40950 },
    });
    expect(roundTrip("playoutDelay", { minimumMs: 0, maximumMs: 0 }).hex).toBe("000000");
    expect(roundTrip("videoOrientation", { rotation: 270, flipped: true, backCamera: true })).toEqual({
      hex: "0f",
      back: { rotation: 270, flipped: true, backCamera: true },
    });
    expect(roundTrip("colorSpace", { primaries: 1, transfer: 1, matrix: 1, range: "limited" })).toEqual({
      hex: "01010110",
      back: { primaries: 1, transfer: 1, matrix: 1, range: "limited" },
    });
  });

  it("of a color space are read as Chromium 156 sends them for a canvas, with HDR metadata too", () => {
    const canvas = { primaries: 1, transfer: 13, matrix: 1, range: "full" };
    expect(read("colorSpace", "010d0120")).toEqual(canvas);
    expect(read("colorSpace", `010d0120${"00".repeat(24)}`)).toEqual(canvas);
    expect(read("colorSpace", "06060610")).toEqual({ primaries: 6, transfer: 6, matrix: 6, range: "limited" });
    expect(read("colorSpace", "01010130")).toMatchObject({ range: "unknown" });
    expect(roundTrip("colorSpace", { primaries: 2, transfer: 2, matrix: 2, range: "unknown" }).hex).toBe("02020200");
  });

  it.each<[HeaderExtensionName, string]>([
    ["mid", "00"],
    ["mid", "6120"],
    ["absSendTime", "1234"],
    ["transportSequenceNumber", "12"],
    ["playoutDelay", "0ff001"],
    ["playoutDelay", "0000"],
    ["colorSpace", "010101"],
    ["colorSpace", "0101011000"],
  ])("are nothing when a %s is %s", (name, hex) => {
    expect(read(name, hex)).toBeUndefined();
  });

  it("of a transport-wide sequence number may carry a request for feedback", () => {
    expect(read("transportSequenceNumber", "12340102")).toBe(0x1234);
  });

  it("hold their range when written", () => {
    expect(roundTrip("audioLevel", { levelDbov: -200, voiceActivity: false }).hex).toBe("7f");
    expect(roundTrip("playoutDelay", { minimumMs: -10, maximumMs: 99_999 }).hex).toBe("000fff");
  });
});

describe("the map of a connection", () => {
  it("knows the ids that were negotiated and leaves out strangers", () => {
    const map = new HeaderExtensionMap([
      [3, HEADER_EXTENSION_URIS.mid],
      [4, "urn:example:unheard-of"],
    ]);
    expect(map.idOf("mid")).toBe(3);
    expect(map.idOf("rid")).toBeUndefined();
    expect(map.elements("rid", "a")).toEqual([]);
  });

  it("reads nothing from a packet without extensions", () => {
    const packet = parseRtpPacket(fromHex("8066 0001 00000000 00000001 aabb"));
    expect(packet && ALL.read(packet, "mid")).toBeUndefined();
  });
});

it("the absolute send time counts 2^-18 s and wraps after 64 s", () => {
  expect(absSendTimeAt(0)).toBe(0);
  expect(absSendTimeAt(1000)).toBe(1 << 18);
  expect(absSendTimeAt(63_999.999)).toBe(0xff_ffff);
  expect(absSendTimeAt(64_000)).toBe(0);
});
