import { type Server, createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { systemClock } from "../../src/async/clock.ts";
import { encodeMuLaw } from "../../src/media/g711.ts";
import { handleUpgrade } from "../../src/server/upgrade.ts";
import type { PeerHandler } from "../../src/session/peer-handler.ts";
import { SessionRegistry } from "../../src/session/session-registry.ts";
import { Session } from "../../src/session/session.ts";
import { TelephoneCalls } from "../../src/transports/telephone/telephone-calls.ts";
import { twilioCarrier } from "../../src/transports/telephone/twilio-carrier.ts";
import { WebSocketOffers } from "../../src/transports/websocket/websocket-offers.ts";
import { echoHandler } from "../support/audio-session.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { SimulatedTwilio } from "../support/simulated-twilio.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve({ handler = echoHandler }: { handler?: () => PeerHandler } = {}) {
  const registry = new SessionRegistry(10);
  const logger = new RecordingLogger();
  const sessions: Session[] = [];
  const createSession = (kind: "websocket" | "telephone") => (id: string, headers: Headers) => {
    const session = new Session({ id, kind, headers, handler: handler(), logger, onEnd: (one) => registry.leave(one) });
    sessions.push(session);
    return session;
  };
  const offers = new WebSocketOffers({
    registry,
    createSession: createSession("websocket"),
    rates: { inputSampleRate: 8000, outputSampleRate: 8000 },
    logger,
  });
  const calls = new TelephoneCalls({
    registry,
    createSession: createSession("telephone"),
    carrier: twilioCarrier(undefined),
    logger,
  });
  const server = createServer((_request, response) => response.end("own"));
  server.on("upgrade", (request, socket, head) => {
    const taken = handleUpgrade({
      basePath: "/rtc",
      sockets: {
        carriers: [""],
        checksCallers: false,
        acceptWebSocket: (accepted, headers) => offers.accept(accepted, headers),
        acceptCall: (accepted, call) => calls.accept(accepted, call),
        answerCall: (call, posted) => calls.incoming(call, posted),
      },
      access: undefined,
      request,
      socket,
      head,
    });
    if (!taken) socket.destroy();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { registry, logger, sessions, port, url: `ws://127.0.0.1:${port}/rtc/websocket/offer` };
}

/** A client, once it is connected. */
async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

const send = (socket: WebSocket, body: object): void => socket.send(JSON.stringify(body));
const start = (id: string) => ({ event: "start", websocket_id: id });
const packet = (value: number) => ({
  event: "media",
  media: { payload: Buffer.from(encodeMuLaw(new Int16Array(160).fill(value))).toString("base64") },
});

/** The next text message for which `wanted` holds. */
function message(socket: WebSocket, wanted: (body: Record<string, unknown>) => boolean): Promise<unknown> {
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) return;
      const parsed = JSON.parse(data.toString()) as Record<string, unknown>;
      if (wanted(parsed)) resolve(parsed);
    });
  });
}

const closed = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once("close", resolve));

describe("a WebSocket", () => {
  test("carries sound there and back, byte for byte, and messages beside it", async () => {
    const { url, registry } = await serve();
    const socket = await open(url);
    const echo = message(socket, ({ event }) => event === "media");
    const pong = message(socket, ({ event }) => event === "pong");
    send(socket, start("a"));
    send(socket, packet(4000));
    send(socket, { event: "ping" });
    expect([await echo, await pong]).toEqual([packet(4000), { event: "pong" }]);
    send(socket, { event: "stop" });
    expect(await closed(socket)).toBe(1000);
    expect(registry.size).toBe(0);
  });

  test("that is cut off frees its place", async () => {
    const { url, registry } = await serve();
    const socket = await open(url);
    send(socket, start("a"));
    send(socket, { event: "ping" });
    await message(socket, ({ event }) => event === "pong");
    expect(registry.size).toBe(1);
    socket.terminate();
    while (registry.size > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test("is closed with code 1009 for a message of 300 KB, and nothing else is harmed", async () => {
    const { url, registry, logger } = await serve();
    const [large, other] = [await open(url), await open(url)];
    send(large, start("large"));
    send(other, start("other"));
    large.send("x".repeat(300_000));
    expect(await closed(large)).toBe(1009);
    const pong = message(other, ({ event }) => event === "pong");
    send(other, { event: "ping" });
    await pong;
    expect(registry.size).toBe(1);
    expect(logger.at("error")).toHaveLength(1);
    other.terminate();
  });

  test("survives noise: random texts, random bytes and mutilated messages", async () => {
    const { url, registry } = await serve();
    const generator = new SeededRandom(7);
    const random = (): number => generator.next();
    const noise = (): string | Buffer => {
      const text = JSON.stringify(random() < 0.5 ? packet(random() * 1000) : start("x"));
      const at = Math.floor(random() * text.length);
      if (random() < 0.3) return Buffer.from(Array.from({ length: at }, () => Math.floor(random() * 256)));
      return text.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 90)) + text.slice(at + 1);
    };
    for (const format of [
      undefined,
      { encoding: "pcm16", sample_rate: 16_000 },
      { encoding: "opus", sample_rate: 48_000 },
    ]) {
      const socket = await open(url);
      const ready = message(socket, ({ event }) => event === "start" || event === "pong");
      send(socket, { ...start("noisy"), ...(format && { media: format }) });
      send(socket, { event: "ping" });
      await ready;
      for (let sent = 0; sent < 100; sent += 1) socket.send(noise());
      const pong = message(socket, ({ event }) => event === "pong");
      send(socket, { event: "ping" });
      await pong;
      send(socket, { event: "stop" });
      await closed(socket);
    }
    expect(registry.size).toBe(0);
  });

  test("of a client that does not read keeps a bounded number of bytes waiting", async () => {
    const flooding = (): PeerHandler => ({
      async startUp(session) {
        for (let sent = 0; sent < 20_000; sent += 1) session.sendMessage({ type: "log", data: "x".repeat(1000) });
      },
      async *audio(frames) {
        yield* frames;
      },
    });
    const { port, sessions } = await serve({ handler: flooding });
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "GET /rtc/websocket/offer HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    const text = Buffer.from(JSON.stringify(start("slow")));
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    while (sessions.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    // 20 MB were to be sent; what the kernel did not take is bounded, and so is this process.
    let received = 0;
    socket.on("data", (chunk: Buffer) => (received += chunk.length));
    const ending = sessions[0]?.end("server-stopped");
    socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0])); // It agrees to the close.
    await ending;
    expect(received).toBeLessThan(10_000_000);
    socket.destroy();
  });
});

describe("an upgrade", () => {
  test("that is no WebSocket is answered with a 400", async () => {
    const { port } = await serve();
    const status = await new Promise((resolve) => {
      const headers = { connection: "upgrade", upgrade: "websocket" };
      httpRequest({ port, path: "/rtc/websocket/offer", headers }, ({ statusCode }) => resolve(statusCode)).end();
    });
    expect(status).toBe(400);
  });
});

test("a telephone call over a real WebSocket", async () => {
  const { port } = await serve();
  const socket = await open(`ws://127.0.0.1:${port}/rtc/telephone/handler`);
  const twilio = new SimulatedTwilio({ clock: systemClock, send: (text) => socket.send(text) });
  socket.on("message", (data: Buffer) => twilio.receive(data.toString()));
  const heard = message(socket, ({ event }) => event === "mark");
  twilio.start();
  for (let sent = 0; sent < 10; sent += 1) twilio.sendSound(new Int16Array(160).fill(4000));
  await heard;
  expect(twilio.violations).toEqual([]);
  expect(twilio.heard[0]?.samples[0]).toBeGreaterThan(3800);
  twilio.stop();
  expect(await closed(socket)).toBe(1000);
});
