import { expect, test } from "vitest";
import { RtcConfigurations } from "../../src/session/rtc-configurations.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const given = {
  iceServers: [
    { url: "stun:example.org" },
    { urls: ["turn:a.example", "turn:b.example"], username: "u", credential: "c" },
  ],
};
const read = {
  iceServers: [
    { urls: "stun:example.org" },
    { urls: ["turn:a.example", "turn:b.example"], username: "u", credential: "c" },
  ],
};

test.each([
  ["an object", given],
  ["a function", () => given],
  ["an asynchronous function", async () => given],
])("servers come from %s, written with url or urls, and both sides have them", async (_kind, rtcConfiguration) => {
  const configurations = new RtcConfigurations({ rtcConfiguration, logger: new RecordingLogger() });
  expect([await configurations.client(), await configurations.server()]).toEqual([read, read]);
});

test("a function is asked for each peer", async () => {
  let asked = 0;
  const configurations = new RtcConfigurations({
    rtcConfiguration: () => ({ iceServers: [{ urls: `stun:${(asked += 1)}.example` }] }),
    logger: new RecordingLogger(),
  });
  expect(await configurations.client()).toEqual({ iceServers: [{ urls: "stun:1.example" }] });
  expect(await configurations.client()).toEqual({ iceServers: [{ urls: "stun:2.example" }] });
});

test("the server's own come before the browser's, whose policy is not the server's", async () => {
  const logger = new RecordingLogger();
  const rtcConfiguration = { ...given, iceTransportPolicy: "relay" } as const;
  const shared = new RtcConfigurations({ rtcConfiguration, logger });
  expect(await shared.server()).toEqual(read);
  const own = new RtcConfigurations({ rtcConfiguration, serverRtcConfiguration: { iceServers: [] }, logger });
  expect([await own.server(), await own.client()]).toEqual([
    { iceServers: [] },
    { ...read, iceTransportPolicy: "relay" },
  ]);
});

test.each([
  ["throws", () => Promise.reject(new Error("no credentials"))],
  ["returns nonsense", () => ({ iceServers: [{ urls: "http://example.org" }] })],
])("connections go on without servers where the function %s, and the log says so", async (_what, rtcConfiguration) => {
  const logger = new RecordingLogger();
  const configurations = new RtcConfigurations({ rtcConfiguration, logger });
  expect([await configurations.client(), await configurations.server()]).toEqual([null, null]);
  expect(logger.at("error")).toHaveLength(2);
});
