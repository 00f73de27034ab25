import { expect, it } from "vitest";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { GatheringPolicy, type ProbeOutcome } from "../../../src/transports/webrtc/gathering-policy.ts";
import type { UdpIceServer } from "../../../src/transports/webrtc/ice-servers.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const STUN: UdpIceServer = { type: "stun", host: "stun.example.org", port: 3478 };
const TURN: UdpIceServer = {
  type: "turn",
  host: "turn.example.org",
  port: 3478,
  username: "user",
  credential: "secret",
};
const ANSWERS: ProbeOutcome = { type: "candidate", afterMs: 40 };

function policyWith(outcomes: Record<string, ProbeOutcome>, unresolved: readonly string[] = []) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const warnings: string[] = [];
  const policy = new GatheringPolicy({
    clock,
    resolveHost: async (host) => (unresolved.includes(host) ? undefined : `address of ${host}`),
    probe: async ({ host }) => {
      asked.push(host);
      return outcomes[host.slice("address of ".length)] ?? { type: "silent" };
    },
    onWarning: (message) => warnings.push(message),
  });
  return { clock, policy, asked, warnings };
}

function transportWith(types: readonly ("srflx" | "relay")[]) {
  const waits: number[] = [];
  return {
    waits,
    state: "connecting" as const,
    localCandidates: types.map((type) => parseCandidate(`candidate:1 1 udp 1 198.51.100.1 5000 typ ${type}`)),
    candidatesFound: async (_types: readonly string[], timeoutMs: number) => {
      waits.push(timeoutMs);
    },
  };
}

it("waits for a server that has answered before, about as long as it took, and passes its address on", async () => {
  const { policy } = policyWith({ [STUN.host]: ANSWERS, [TURN.host]: { type: "candidate", afterMs: 60 } });
  await policy.learn([STUN, TURN]);
  expect(policy.plan([STUN, TURN])).toEqual({
    iceServers: [
      { ...STUN, host: "address of stun.example.org" },
      { ...TURN, host: "address of turn.example.org" },
    ],
    waitFor: ["srflx", "relay"],
    waitMs: 200,
  });
});

it("never waits for longer than 250 ms", async () => {
  const { policy } = policyWith({ [STUN.host]: { type: "candidate", afterMs: 1500 } });
  await policy.learn([STUN]);
  expect(policy.plan([STUN])).toMatchObject({ waitFor: ["srflx"], waitMs: 250 });
});

it("does not wait for a server that nothing is known of, and knows it next time", async () => {
  const { policy, asked } = policyWith({ [STUN.host]: ANSWERS });
  expect(policy.plan([STUN])).toMatchObject({ iceServers: [], waitFor: [] });
  await policy.learn([STUN]);
  expect(asked).toEqual(["address of stun.example.org"]);
  expect(policy.plan([STUN])).toMatchObject({ waitFor: ["srflx"] });
});

it("leaves out servers that do not work, warns once, and tries again after a minute", async () => {
  const { clock, policy, asked, warnings } = policyWith({ [TURN.host]: { type: "refused" } }, ["lost.example.org"]);
  const lost: UdpIceServer = { ...STUN, host: "lost.example.org" };
  for (let round = 0; round < 3; round += 1) {
    await policy.learn([STUN, TURN, lost]);
    expect(policy.plan([STUN, TURN, lost])).toMatchObject({ iceServers: [], waitFor: [] });
  }
  expect(asked).toHaveLength(2);
  clock.advance(61_000);
  await policy.learn([STUN, TURN, lost]);
  expect(asked).toHaveLength(4);
  expect(warnings.toSorted()).toEqual([
    "The STUN server stun.example.org:3478 does not answer; connections are made without it.",
    "The TURN server turn.example.org:3478 gave no relay: check its username and credential. Connections are made without it.",
    "The name of the STUN server lost.example.org:3478 could not be resolved; connections are made without it.",
  ]);
});

it("does not ask or wait for a reflexive candidate on a machine with a public address", async () => {
  const { policy, warnings } = policyWith({ [STUN.host]: { type: "no-candidate" } });
  await policy.learn([STUN]);
  expect(policy.plan([STUN])).toMatchObject({ iceServers: [], waitFor: [] });
  expect(warnings).toEqual([]);
});

it("stops waiting for a server that has let a connection down, until it answers again", async () => {
  const { policy, asked } = policyWith({ [STUN.host]: ANSWERS });
  await policy.learn([STUN]);
  const transport = transportWith([]);
  await policy.gather(transport, policy.plan([STUN]));
  expect(transport.waits).toEqual([140]);
  expect(policy.plan([STUN])).toMatchObject({ waitFor: [] });
  await policy.learn([STUN]);
  expect(asked).toHaveLength(2);
  await policy.gather(transportWith(["srflx"]), policy.plan([STUN]));
  expect(policy.plan([STUN])).toMatchObject({ waitFor: ["srflx"] });
});

it("gives the engine the quickest STUN server and at most two TURN servers", async () => {
  const servers = ["a", "b", "c"].flatMap((host): UdpIceServer[] => [
    { ...STUN, host },
    { ...TURN, host: `t${host}` },
  ]);
  const { policy } = policyWith(
    Object.fromEntries(servers.map(({ host }, index) => [host, { type: "candidate", afterMs: 60 - index }])),
  );
  await policy.learn(servers);
  expect(policy.plan(servers).iceServers.map(({ host }) => host)).toEqual([
    "address of c",
    "address of tc",
    "address of tb",
  ]);
});

it("asks a server once however many peers come at the same time", async () => {
  const { policy, asked } = policyWith({ [STUN.host]: ANSWERS });
  for (let peer = 0; peer < 10; peer += 1) policy.plan([STUN]);
  await policy.learn([STUN]);
  expect(asked).toHaveLength(1);
});

it("remembers at most 64 servers", async () => {
  const servers = Array.from({ length: 200 }, (_, index): UdpIceServer => ({ ...STUN, host: `host ${index}` }));
  const { policy } = policyWith(Object.fromEntries(servers.map(({ host }) => [host, ANSWERS])));
  for (const server of servers) await policy.learn([server]);
  const known = servers.filter((server) => policy.plan([server]).waitFor.length > 0);
  expect(known).toHaveLength(64);
});

it("treats a probe that fails like a silent server, and says why", async () => {
  const warnings: string[] = [];
  const policy = new GatheringPolicy({
    clock: new ManualClock(),
    resolveHost: async (host) => host,
    probe: () => Promise.reject(new Error("no sockets left")),
    onWarning: (message) => warnings.push(message),
  });
  await policy.learn([STUN]);
  expect(policy.plan([STUN])).toMatchObject({ waitFor: [] });
  expect(warnings[0]).toBe("Asking the STUN server stun.example.org:3478 failed: no sockets left");
});
