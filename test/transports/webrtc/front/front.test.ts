import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { parseCandidate } from "../../../../src/protocol/sdp/candidate.ts";
import { readConnectivityCheck } from "../../../../src/protocol/stun/connectivity-check.ts";
import { IceFront, type IceFrontOptions } from "../../../../src/transports/webrtc/front/ice-front.ts";
import { SharedFronts } from "../../../../src/transports/webrtc/front/shared-fronts.ts";
import { connectivityCheck } from "../../../support/connectivity-checks.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const LOCAL = { iceUfrag: "abcd", icePwd: "abcdefghijklmnopqrstuv" };
const DTLS = Buffer.from("16fefd00000000000000000020", "hex");
const CHECK = { username: "abcd:wxyz", password: LOCAL.icePwd, tieBreaker: 0n };

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

/** A socket that writes down what it receives. */
async function open() {
  const socket = createSocket("udp4");
  cleanups.push(() => socket.close());
  const received: { readonly bytes: Buffer; readonly port: number }[] = [];
  socket.on("message", (bytes, { port }) => received.push({ bytes, port }));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, received, port: socket.address().port };
}

const hostAt = (port: number) => parseCandidate(`candidate:1 1 UDP 2114977791 127.0.0.1 ${port} typ host`);

async function openFront(options: Partial<IceFrontOptions> = {}) {
  const engine = await open();
  const [fronts, clock] = [options.fronts ?? new SharedFronts(), new ManualClock()];
  const front = await IceFront.open({
    ...{ udpPorts: [0], local: LOCAL, hosts: [hostAt(engine.port)], fronts, clock },
    ...options,
  });
  cleanups.push(() => front.close());
  const port = front.candidates[0]?.port ?? 0;
  const send = (socket: Socket, bytes: Buffer): void => socket.send(bytes, port, "127.0.0.1");
  return { engine, front, fronts, clock, port, send };
}

/** What the engine was shown, in short. */
const shown = ({ received }: Awaited<ReturnType<typeof open>>): string[] =>
  received.map(({ bytes }) => {
    const check = readConnectivityCheck(bytes);
    return check ? `check ${check.receiverUfrag} ${check.tieBreaker}` : bytes.toString("hex");
  });

describe("the front", () => {
  it("is told of after the straight way, at the same address", async () => {
    const { front, port, engine } = await openFront();
    expect(front.candidates).toEqual([
      { ...hostAt(engine.port), port, foundation: "1f", priority: (1 << 24) | (2114977791 & 0xffffff) },
    ]);
  });

  it("mends a check, and from then on passes everything as it is, both ways", async () => {
    const { engine, send, port } = await openFront();
    const client = await open();
    send(client.socket, connectivityCheck(CHECK));
    await expect.poll(() => shown(engine)).toEqual(["check abcd 1"]);
    expect(engine.received[0]?.bytes.toString("hex")).toBe(
      connectivityCheck({ ...CHECK, tieBreaker: 1n }).toString("hex"),
    );
    send(client.socket, DTLS);
    await expect.poll(() => shown(engine)).toEqual(["check abcd 1", DTLS.toString("hex")]);
    engine.socket.send(Buffer.from("answer"), engine.received[0]?.port ?? 0, "127.0.0.1");
    await expect.poll(() => client.received).toEqual([{ bytes: Buffer.from("answer"), port }]);
  });

  it.each([
    [
      "from a peer that has a way of its own: its tie-breaker is not zero",
      connectivityCheck({ ...CHECK, tieBreaker: 5n }),
    ],
    ["signed with another password", connectivityCheck({ ...CHECK, password: "vutsrqponmlkjihgfedcba" })],
    ["for a peer that is not there", connectivityCheck({ ...CHECK, username: "none:wxyz" })],
    ["that is no check", DTLS],
  ])("takes nothing %s", async (_what, bytes) => {
    const { engine, send } = await openFront();
    const [stranger, client] = [await open(), await open()];
    send(stranger.socket, bytes);
    send(stranger.socket, DTLS);
    send(client.socket, connectivityCheck(CHECK));
    await expect.poll(() => shown(engine)).toEqual(["check abcd 1"]);
    expect(stranger.received).toEqual([]);
  });

  it("drops checks on an open way that others have signed", async () => {
    const { engine, send } = await openFront();
    const client = await open();
    send(client.socket, connectivityCheck(CHECK));
    send(client.socket, connectivityCheck({ ...CHECK, password: "vutsrqponmlkjihgfedcba" }));
    send(client.socket, DTLS);
    await expect.poll(() => shown(engine)).toEqual(["check abcd 1", DTLS.toString("hex")]);
  });

  it("gives a peer 16 ways in and no more", async () => {
    const { engine, send } = await openFront();
    const clients = [];
    for (let way = 0; way < 17; way += 1) {
      const { socket } = await open();
      clients.push(socket);
      send(socket, connectivityCheck(CHECK));
      if (way < 16) await expect.poll(() => engine.received.length).toBe(way + 1);
    }
    for (const socket of clients) send(socket, DTLS);
    await expect.poll(() => engine.received.length).toBeGreaterThanOrEqual(32);
    const checks = Array.from({ length: 16 }, () => "check abcd 1");
    expect(shown(engine)).toEqual([...checks, ...checks.map(() => DTLS.toString("hex"))]);
    expect(new Set(engine.received.map(({ port }) => port)).size).toBe(16);
  });

  it("forgets a way from which nothing comes for a minute", async () => {
    const { engine, send, clock } = await openFront();
    const client = await open();
    send(client.socket, connectivityCheck(CHECK));
    await expect.poll(() => engine.received.length).toBe(1);
    clock.advance(59_000);
    send(client.socket, DTLS);
    await expect.poll(() => engine.received.length).toBe(2);
    clock.advance(59_000);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1000);
    expect(clock.pendingTimers).toBe(0);
    send(client.socket, DTLS);
    send(client.socket, connectivityCheck(CHECK));
    await expect.poll(() => shown(engine)).toEqual(["check abcd 1", DTLS.toString("hex"), "check abcd 1"]);
    expect(engine.received[2]?.port).not.toBe(engine.received[0]?.port);
  });

  it("lets another peer have the address of one before it", async () => {
    const one = await openFront();
    const other = await openFront({ fronts: one.fronts, local: { ...LOCAL, iceUfrag: "efgh" } });
    expect(other.port).toBe(one.port);
    const client = await open();
    one.send(client.socket, connectivityCheck(CHECK));
    await expect.poll(() => shown(one.engine)).toEqual(["check abcd 1"]);
    one.send(client.socket, connectivityCheck({ ...CHECK, username: "efgh:wxyz" }));
    one.send(client.socket, DTLS);
    await expect.poll(() => shown(other.engine)).toEqual(["check efgh 1", DTLS.toString("hex")]);
    expect(shown(one.engine)).toEqual(["check abcd 1"]);
  });

  it("serves IPv6 as well, and leaves link-local addresses alone", async () => {
    const [engine, client] = [createSocket("udp6"), createSocket("udp6")];
    cleanups.push(
      () => engine.close(),
      () => client.close(),
    );
    engine.bind(0, "::1");
    await once(engine, "listening");
    const { port } = engine.address();
    const hosts = ["fe80::1", "::1"].map((address) => ({ ...hostAt(port), address, addressFamily: "ipv6" as const }));
    const { front } = await openFront({ hosts });
    expect(front.candidates.map(({ address }) => address)).toEqual(["::1"]);
    const received = once(engine, "message") as Promise<[Buffer]>;
    client.send(connectivityCheck(CHECK), front.candidates[0]?.port ?? 0, "::1");
    expect(readConnectivityCheck((await received)[0])?.tieBreaker).toBe(1n);
  });

  it("stays out of the way of a peer that cannot be told from another", async () => {
    const { fronts } = await openFront();
    const { front } = await openFront({ fronts });
    expect(front.candidates).toEqual([]);
  });

  it("closes with the last peer, and not before", async () => {
    const one = await openFront();
    const other = await openFront({ fronts: one.fronts, local: { ...LOCAL, iceUfrag: "efgh" } });
    one.front.close();
    const client = await open();
    one.send(client.socket, connectivityCheck({ ...CHECK, username: "efgh:wxyz" }));
    await expect.poll(() => shown(other.engine)).toEqual(["check efgh 1"]);
    expect(one.clock.pendingTimers).toBe(1);
    other.front.close();
    other.front.close();
    expect(one.clock.pendingTimers).toBe(0);
    const again = createSocket("udp4");
    again.bind(one.port, "127.0.0.1");
    await once(again, "listening");
    again.close();
  });

  it("takes the next port of its list when one is taken, and does without when all are", async () => {
    const taken = await open();
    const free = await open();
    const port = free.port;
    cleanups.splice(cleanups.length - 1, 1);
    free.socket.close();
    expect((await openFront({ udpPorts: [taken.port, port] })).port).toBe(port);
    expect((await openFront({ udpPorts: [taken.port] })).front.candidates).toEqual([]);
  });
});
