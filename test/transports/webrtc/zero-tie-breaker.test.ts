import { type Socket, createSocket } from "node:dgram";
import { afterEach, expect, it } from "vitest";
import { IceFront } from "../../../src/transports/webrtc/front/ice-front.ts";
import { NodeDataChannelTransport } from "../../../src/transports/webrtc/node-datachannel-transport.ts";
import { connectivityCheck } from "../../support/connectivity-checks.ts";
import { recordEvents } from "./native-peer.ts";

const REMOTE = {
  iceUfrag: "abcd",
  icePwd: "abcdefghijklmnopqrstuv",
  fingerprint: { algorithm: "sha-256", value: Array.from({ length: 32 }, () => "AB").join(":") },
  setup: "actpass",
  media: true,
  dataChannel: undefined,
} as const;

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** The type of the first message that answers a check sent there. */
async function answerTo(check: Buffer, port: number): Promise<number> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  const answer = new Promise<Buffer>((resolve) => {
    socket.on("message", (message) => {
      // Besides there are the engine's own checks.
      if (message.readUInt16BE(0) !== 0x0001) resolve(message);
    });
  });
  socket.send(check, port, "127.0.0.1");
  return (await answer).readUInt16BE(0);
}

it.each([
  ["one that is not zero: it is answered", 1n, 0x0101],
  // Chromium sends it through TURN over TCP and TLS. Once the engine answers it, front/ is not needed any more.
  ["zero: the engine refuses it", 0n, 0x0111],
])("a check with a tie-breaker of %s", async (_what, tieBreaker, expected) => {
  await using transport = new NodeDataChannelTransport(REMOTE, recordEvents(), { bindAddress: "127.0.0.1" });
  const { iceUfrag, icePwd: password } = transport.local;
  const check = connectivityCheck({ username: `${iceUfrag}:${REMOTE.iceUfrag}`, password, tieBreaker });
  expect(await answerTo(check, transport.localCandidates[0]?.port ?? 0)).toBe(expected);
});

it("a check with a tie-breaker of zero is answered through the front", async () => {
  await using transport = new NodeDataChannelTransport(REMOTE, recordEvents(), { bindAddress: "127.0.0.1" });
  const { local, localCandidates: hosts } = transport;
  const front = await IceFront.open({ udpPorts: [0], local, hosts });
  const username = `${local.iceUfrag}:${REMOTE.iceUfrag}`;
  const check = connectivityCheck({ username, password: local.icePwd, tieBreaker: 0n });
  expect(await answerTo(check, front.candidates[0]?.port ?? 0)).toBe(0x0101);
  front.close();
});
