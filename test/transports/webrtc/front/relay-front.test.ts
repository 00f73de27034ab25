import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { readConnectivityCheck } from "../../../../src/protocol/stun/connectivity-check.ts";
import { CheckGate } from "../../../../src/transports/webrtc/front/check-gate.ts";
import { RelayFront } from "../../../../src/transports/webrtc/front/relay-front.ts";
import { connectivityCheck } from "../../../support/connectivity-checks.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const CREDENTIALS = { iceUfrag: "abcd", icePwd: "abcdefghijklmnopqrstuv" };
const CHECK = { username: "abcd:wxyz", password: CREDENTIALS.icePwd, tieBreaker: 0n };

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

async function open() {
  const socket = createSocket("udp4");
  cleanups.push(() => socket.close());
  const received: { readonly text: string; readonly port: number }[] = [];
  socket.on("message", (bytes, { port }) => {
    const check = readConnectivityCheck(bytes.subarray(4));
    received.push({ text: check ? `check ${check.tieBreaker}` : bytes.toString(), port });
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, received, port: socket.address().port };
}

/** ChannelData. */
function relayed(packet: Buffer): Buffer {
  const header = Buffer.from([0x40, 0x01, 0, packet.length]);
  return Buffer.concat([header, packet]);
}

async function openFront() {
  const [engine, server] = [await open(), await open()];
  const front = await RelayFront.open(
    { type: "turn", host: "127.0.0.1", port: server.port, username: "u", credential: "c" },
    "127.0.0.1",
  );
  if (!front) throw new Error("no socket");
  cleanups.push(() => front.close());
  front.serve(engine.port, new CheckGate({ ...CREDENTIALS, clock: new ManualClock() }));
  const send = (socket: Socket, bytes: Buffer | string, port: number): void => socket.send(bytes, port, "127.0.0.1");
  send(engine.socket, "allocate", front.server.port);
  await expect.poll(() => server.received.map(({ text }) => text)).toEqual(["allocate"]);
  return { engine, server, front, send, port: server.received[0]?.port ?? 0 };
}

it("the engine's TURN server is reached through it, and checks that come from there are mended", async () => {
  const { engine, server, front, send, port } = await openFront();
  expect(front.server).toMatchObject({ type: "turn", username: "u", credential: "c" });
  for (const bytes of [
    Buffer.from("answer"),
    relayed(connectivityCheck(CHECK)),
    relayed(connectivityCheck({ ...CHECK, tieBreaker: 9n })),
    relayed(Buffer.from("media")),
  ]) {
    send(server.socket, bytes, port);
  }
  const media = relayed(Buffer.from("media")).toString();
  await expect.poll(() => engine.received.map(({ text }) => text)).toEqual(["answer", "check 1", "check 9", media]);
});

it("a forged check with a tie-breaker of zero goes no further, and strangers are heard at neither end", async () => {
  const { engine, server, front, send, port } = await openFront();
  const stranger = await open();
  send(stranger.socket, "stranger", port);
  send(stranger.socket, "stranger", front.server.port);
  send(server.socket, relayed(connectivityCheck({ ...CHECK, password: "vutsrqponmlkjihgfedcba" })), port);
  send(server.socket, "answer", port);
  send(engine.socket, "refresh", front.server.port);
  await expect.poll(() => engine.received.map(({ text }) => text)).toEqual(["answer"]);
  await expect.poll(() => server.received.map(({ text }) => text)).toEqual(["allocate", "refresh"]);
});
