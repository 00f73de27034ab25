import { type RemoteInfo, createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../../src/async/clock.ts";
import { GatheringPolicy } from "../../../src/transports/webrtc/gathering-policy.ts";
import type { UdpIceServer } from "../../../src/transports/webrtc/ice-servers.ts";
import { NodeDataChannelTransport } from "../../../src/transports/webrtc/node-datachannel-transport.ts";
import { probeIceServer } from "../../../src/transports/webrtc/probe-ice-server.ts";
import { recordEvents } from "./native-peer.ts";

/** A STUN server (RFC 8489) that sees everybody at 198.51.100.7. */
const server = createSocket("udp4", answer);
let port = 0;
const silent = createSocket("udp4");
let silentPort = 0;

beforeAll(async () => {
  server.bind(0, "127.0.0.1");
  silent.bind(0, "127.0.0.1");
  await Promise.all([once(server, "listening"), once(silent, "listening")]);
  port = server.address().port;
  silentPort = silent.address().port;
});

afterAll(() => {
  server.close();
  silent.close();
});

function answer(request: Buffer, from: RemoteInfo): void {
  if (request.readUInt16BE(0) !== 0x0001) return;
  const response = Buffer.alloc(32);
  response.writeUInt16BE(0x0101, 0);
  response.writeUInt16BE(12, 2);
  request.copy(response, 4, 4, 20);
  response.writeUInt16BE(0x0020, 20); // XOR-MAPPED-ADDRESS
  response.writeUInt16BE(8, 22);
  response.writeUInt8(1, 25);
  response.writeUInt16BE(from.port ^ 0x2112, 26);
  response.writeUInt32BE((0xc6336407 ^ 0x2112a442) >>> 0, 28);
  server.send(response, from.port, from.address);
}

it("learns how long a STUN server takes", async () => {
  const outcome = await probeIceServer({ type: "stun", host: "127.0.0.1", port }, { bindAddress: "127.0.0.1" });
  expect(outcome).toEqual({ type: "candidate", afterMs: expect.any(Number) });
});

it("learns that a server is silent", async () => {
  const outcome = await probeIceServer(
    { type: "turn", host: "127.0.0.1", port: silentPort, username: "user", credential: "secret" },
    { bindAddress: "127.0.0.1", timeoutMs: 50 },
  );
  expect(outcome).toEqual({ type: "silent" });
});

it("brings the reflexive address of a known server into the answer, and never waits for an unknown or silent one", async () => {
  const policy = new GatheringPolicy({
    clock: systemClock,
    probe: (candidate) => probeIceServer(candidate, { bindAddress: "127.0.0.1", timeoutMs: 50 }),
    resolveHost: async (host) => host,
    onWarning: () => undefined,
  });
  const servers: UdpIceServer[] = [
    { type: "stun", host: "127.0.0.1", port: silentPort },
    { type: "stun", host: "127.0.0.1", port },
  ];
  expect(policy.plan(servers).waitFor).toEqual([]);
  await policy.learn(servers);
  const plan = policy.plan(servers);
  await using transport = new NodeDataChannelTransport(
    {
      iceUfrag: "abcd",
      icePwd: "abcdefghijklmnopqrstuv",
      fingerprint: { algorithm: "sha-256", value: Array.from({ length: 32 }, () => "AB").join(":") },
      setup: "actpass",
      media: true,
      dataChannel: undefined,
    },
    recordEvents(),
    { bindAddress: "127.0.0.1", iceServers: plan.iceServers },
  );
  await policy.gather(transport, plan);
  expect(transport.localCandidates).toMatchObject([
    { type: "host", address: "127.0.0.1" },
    { type: "srflx", address: "198.51.100.7" },
  ]);
});
