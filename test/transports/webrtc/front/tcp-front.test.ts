import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { parseCandidate } from "../../../../src/protocol/sdp/candidate.ts";
import { readConnectivityCheck } from "../../../../src/protocol/stun/connectivity-check.ts";
import { FramedPackets, framePacket } from "../../../../src/rtp/framed-packets.ts";
import { FrontPeer } from "../../../../src/transports/webrtc/front/front-peer.ts";
import { frontCandidate } from "../../../../src/transports/webrtc/front/front-candidate.ts";
import { TcpFront } from "../../../../src/transports/webrtc/front/tcp-front.ts";
import { connectivityCheck } from "../../../support/connectivity-checks.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const CREDENTIALS = { iceUfrag: "abcd", icePwd: "abcdefghijklmnopqrstuv" };
const CHECK = { username: "abcd:wxyz", password: CREDENTIALS.icePwd, tieBreaker: 5n };
const DTLS = Buffer.from("16fefd00000000000000000020", "hex");

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

async function openFront() {
  const clock = new ManualClock();
  const engine = createSocket("udp4");
  const received: { readonly shown: string; readonly port: number }[] = [];
  engine.on("message", (bytes, { port }) => {
    const check = readConnectivityCheck(bytes);
    received.push({ shown: check ? `check ${check.tieBreaker}` : bytes.toString("hex"), port });
  });
  engine.bind(0, "127.0.0.1");
  await once(engine, "listening");
  const peer = new FrontPeer({ ...CREDENTIALS, engine: engine.address(), clock });
  const peerOf = (iceUfrag: string) => (iceUfrag === peer.iceUfrag ? peer : undefined);
  const front = await TcpFront.open({ address: "127.0.0.1", port: 0, peerOf, clock });
  if (!front) throw new Error("no port");
  cleanups.push(
    () => engine.close(),
    () => peer.close(),
    () => front.close(),
  );
  return { engine, received, peer, front, clock };
}

async function client({ port }: TcpFront): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  cleanups.push(() => socket.destroy());
  socket.on("error", () => undefined); // The front may end it before all has been written.
  await once(socket, "connect");
  return socket;
}

describe("the TCP front", () => {
  it("is told of as the passive end, below everything else but relays", async () => {
    const host = parseCandidate("candidate:1 1 UDP 2114977791 192.0.2.1 9 typ host");
    expect(frontCandidate(host, { protocol: "tcp", port: 443 })).toEqual({
      ...{ ...host, foundation: "1t", protocol: "tcp", priority: (2 << 24) | (2114977791 & 0xffffff), port: 443 },
      tcpType: "passive",
    });
  });

  it("passes packets both ways once a connection has begun with a check of its peer", async () => {
    const { engine, received, front } = await openFront();
    const socket = await client(front);
    const answers: string[] = [];
    const framed = new FramedPackets();
    socket.on("data", (piece: Buffer) => {
      for (const packet of framed.push(piece) ?? []) answers.push(Buffer.from(packet).toString());
    });
    const stream = Buffer.concat([framePacket(connectivityCheck(CHECK)), framePacket(DTLS)]);
    socket.write(stream.subarray(0, 50));
    socket.write(stream.subarray(50));
    await expect.poll(() => received.map(({ shown }) => shown)).toEqual(["check 5", DTLS.toString("hex")]);
    engine.send("answer", received[0]?.port ?? 0, "127.0.0.1");
    await expect.poll(() => answers).toEqual(["answer"]);
  });

  it("mends a tie-breaker of zero here, too", async () => {
    const { received, front } = await openFront();
    (await client(front)).write(framePacket(connectivityCheck({ ...CHECK, tieBreaker: 0n })));
    await expect.poll(() => received.map(({ shown }) => shown)).toEqual(["check 1"]);
  });

  it.each<[string, Uint8Array]>([
    [
      "a check that is signed by another",
      framePacket(connectivityCheck({ ...CHECK, password: "vutsrqponmlkjihgfedcba" })),
    ],
    ["a check for somebody else", framePacket(connectivityCheck({ ...CHECK, username: "none:wxyz" }))],
    ["media", framePacket(DTLS)],
    ["another protocol", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ])("ends a connection that begins with %s, without a word", async (_what, bytes) => {
    const { received, front } = await openFront();
    const socket = await client(front);
    const answers: Buffer[] = [];
    socket.on("data", (piece: Buffer) => answers.push(piece));
    socket.write(bytes);
    await once(socket, "close");
    expect([answers, received]).toEqual([[], []]);
  });

  it("ends a connection that says nothing for ten seconds", async () => {
    const { front, clock } = await openFront();
    const socket = await client(front);
    socket.resume();
    await expect.poll(() => clock.pendingTimers).toBe(1);
    clock.advance(10_000);
    await once(socket, "close");
    expect(clock.pendingTimers).toBe(0);
  });

  it("turns connections away while two hundred have not said whose they are", async () => {
    const { front, clock } = await openFront();
    await Promise.all(Array.from({ length: 200 }, () => client(front)));
    await expect.poll(() => clock.pendingTimers).toBe(200);
    const late = await client(front);
    late.resume();
    await once(late, "close");
    expect(clock.pendingTimers).toBe(200);
  });

  it("ends the connection when its peer has left, and the way when the connection ends", async () => {
    const { received, front, peer, clock } = await openFront();
    const [first, second] = [await client(front), await client(front)];
    first.write(framePacket(connectivityCheck(CHECK)));
    second.write(framePacket(connectivityCheck(CHECK)));
    await expect.poll(() => received.length).toBe(2);
    expect(clock.pendingTimers).toBe(2);
    second.destroy();
    await expect.poll(() => clock.pendingTimers).toBe(1);
    first.resume();
    peer.close();
    await once(first, "close");
    expect(clock.pendingTimers).toBe(0);
  });
});
