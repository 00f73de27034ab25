import { expect, it } from "vitest";
import { usableIceServers } from "../../../src/transports/webrtc/ice-servers.ts";

it("reads STUN and TURN over UDP, with their default port", () => {
  const { servers, warnings } = usableIceServers([
    { urls: ["stun:stun.example.org", "stun:[2001:db8::1]:19302"] },
    { urls: "turn:turn.example.org:3479?transport=udp", username: "user", credential: "secret" },
  ]);
  expect(servers).toEqual([
    { type: "stun", host: "stun.example.org", port: 3478 },
    { type: "stun", host: "2001:db8::1", port: 19_302 },
    { type: "turn", host: "turn.example.org", port: 3479, username: "user", credential: "secret" },
  ]);
  expect(warnings).toEqual([]);
});

it("leaves out what only browsers can use, with a warning each", () => {
  const { servers, warnings } = usableIceServers([
    { urls: ["turn:a:1?transport=tcp", "turns:b", "stuns:c"], username: "user", credential: "secret" },
  ]);
  expect(servers).toEqual([]);
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toMatch(
    /^This server cannot use turn:a:1\?transport=tcp: it speaks STUN and TURN over UDP only\./,
  );
});

it("leaves out TURN when all peers share one UDP port", () => {
  const { servers, warnings } = usableIceServers(
    [{ urls: ["stun:a", "turn:b"], username: "user", credential: "secret" }],
    {
      relays: false,
    },
  );
  expect(servers).toEqual([{ type: "stun", host: "a", port: 3478 }]);
  expect(warnings).toHaveLength(1);
});

it.each([
  [{ urls: "http://example.org" }, /is not a URL like/],
  [{ urls: "stun:" }, /is not a URL like/],
  [{ urls: "stun:host:99999" }, /is not a URL like/],
  [{ urls: "stun:host:0" }, /is not a URL like/],
  [{ urls: "turn:host" }, /needs a username and a credential/],
])("refuses %j", (server, message) => {
  expect(() => usableIceServers([server])).toThrow(
    expect.objectContaining({ code: "invalid_option", message: expect.stringMatching(message) }),
  );
});
