import { expect, it } from "vitest";
import { h264Format } from "../../../src/protocol/sdp/h264-profile.ts";
import type { Codec } from "../../../src/protocol/sdp/session-description.ts";

function codec(parameters: Record<string, string>): Codec {
  return {
    payloadType: 96,
    name: "H264",
    clockRate: 90_000,
    channels: 1,
    fmtp: undefined,
    parameters: new Map(Object.entries(parameters)),
    feedback: [],
  };
}

it.each([
  [
    { "profile-level-id": "42e01f", "packetization-mode": "1" },
    { profile: "constrained-baseline", level: 31, packetizationMode: 1 },
  ],
  [{ "profile-level-id": "42001F" }, { profile: "baseline", level: 31, packetizationMode: 0 }],
  [{ "profile-level-id": "4d001f" }, { profile: "main", level: 31, packetizationMode: 0 }],
  [{ "profile-level-id": "4d801f" }, { profile: "constrained-baseline", level: 31, packetizationMode: 0 }],
  [{ "profile-level-id": "58c01f" }, { profile: "constrained-baseline", level: 31, packetizationMode: 0 }],
  [{ "profile-level-id": "640c28" }, { profile: "constrained-high", level: 40, packetizationMode: 0 }],
  [{ "profile-level-id": "640034" }, { profile: "high", level: 52, packetizationMode: 0 }],
  [{}, { profile: "baseline", level: 16, packetizationMode: 0 }],
])("reads %j", (parameters, expected) => {
  expect(h264Format(codec(parameters))).toEqual(expected);
});

it.each([
  { "profile-level-id": "f4001f" }, // 4:4:4
  { "profile-level-id": "6e001f" }, // 10 bits
  { "profile-level-id": "58001f" }, // extended
  { "profile-level-id": "42e01" },
  { "profile-level-id": "zzzzzz" },
  { "profile-level-id": "42e01f", "packetization-mode": "2" },
])("cannot use %j", (parameters) => {
  expect(h264Format(codec(parameters))).toBeUndefined();
});
