import { setFlagsFromString } from "node:v8";
import { connect as connectTcp, type Socket } from "node:net";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StreamHandler } from "../../src/handlers/stream-handler.ts";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { Stream } from "../../src/stream.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { serveStream } from "../support/served-stream.ts";
import { WebSocketClient } from "../support/websocket-client.ts";

const PACKET = new Uint8Array(160).fill(0x55);
/** 20 ms of sound that a handler gives as often as it is asked. */
const SOUND = new Int16Array(160).fill(4000);

class Echo extends StreamHandler {
  readonly #frames: AudioFrame[] = [];

  constructor() {
    super({ inputSampleRate: 8000, outputSampleRate: 8000 });
  }

  receive(frame: AudioFrame): void {
    this.#frames.push(frame);
  }

  emit(): ReturnType<StreamHandler["emit"]> {
    return this.#frames.shift() ?? null;
  }

  copy(): Echo {
    return new Echo();
  }
}

/** Sends messages and sound without end. */
class Chatterbox extends Echo {
  static saidMegabytes = 0;

  override emit(): [number, Int16Array] {
    for (let count = 0; count < 100; count += 1) this.sendMessage({ type: "log", data: "x".repeat(10_000) });
    Chatterbox.saidMegabytes += 1;
    return [8000, SOUND];
  }

  override copy(): Chatterbox {
    return new Chatterbox();
  }
}

let logger: RecordingLogger;
let stream: Stream;
let served: Awaited<ReturnType<typeof serveStream>>;

async function serve(handler: StreamHandler, concurrencyLimit = 10): Promise<void> {
  logger = new RecordingLogger();
  stream = new Stream({ handler, modality: "audio", concurrencyLimit, logger });
  served = await serveStream(stream);
}

const places = async (): Promise<unknown> => (await fetch(`${served.url}/healthz`)).json();

/** Whether somebody else is served as if nothing were. */
async function echoes(): Promise<boolean> {
  using client = await WebSocketClient.connect(served.url);
  await client.start(`other-${Math.random()}`);
  client.sendMuLaw(PACKET);
  await expect.poll(() => client.heard.length, { timeout: 10_000 }).toBe(PACKET.length);
  return true;
}

/** A connection whose bytes after the handshake are the test's own. */
async function rawConnection(): Promise<Socket> {
  const socket = connectTcp(Number(new URL(served.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(
    "GET /websocket/offer HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

/** A client's frame with a mask of zeros. */
function clientFrame(first: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), payload]);
}

describe("a WebSocket client that", () => {
  beforeEach(() => serve(new Echo()));
  afterEach(() => served[Symbol.asyncDispose]());

  test.each([
    ["sends nonsense instead of a frame", Buffer.alloc(100, 0xff)],
    ["sends a frame without a mask", Buffer.from([0x81, 2, 0x7b, 0x7d])],
    [
      "announces a message of 4 exabytes",
      Buffer.from([0x82, 0xff, 0x3f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
    ],
    ["sends a compressed frame that nobody agreed to", clientFrame(0xc1, "{}")],
    ["begins a message within another", Buffer.concat([clientFrame(0x01, "{"), clientFrame(0x81, "}")])],
    ["sends text that is not UTF-8", Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe])],
    ["sends a ping that is too long", clientFrame(0x89, "p".repeat(126))],
  ])("%s is cut off, and nobody else notices", async (_name, bytes) => {
    const socket = await rawConnection();
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.resume().write(bytes);
    socket.once("end", () => socket.end());
    await ended;
    expect(await echoes()).toBe(true);
  });

  test("sends its messages byte by byte, in fragments, with pings between them, is understood", async () => {
    const socket = await rawConnection();
    const received: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    const media = JSON.stringify({ event: "media", media: { payload: Buffer.from(PACKET).toString("base64") } });
    const bytes = Buffer.concat([
      clientFrame(0x01, '{"event":"start",'),
      clientFrame(0x89, "still here"),
      clientFrame(0x80, '"websocket_id":"slow"}'),
      clientFrame(0x81, media),
      clientFrame(0x01, media.slice(0, 50)),
      clientFrame(0x00, media.slice(50, 51)),
      clientFrame(0x80, media.slice(51)),
    ]);
    socket.setNoDelay();
    for (const byte of bytes) {
      socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }

    await expect
      .poll(() => Buffer.concat(received).toString("latin1").split(media).length - 1, { timeout: 10_000 })
      .toBe(2);
    expect(Buffer.concat(received).subarray(0, 12).toString("latin1")).toBe("\u008a\nstill here");
    socket.destroy();
  });

  test("sends garbage for base64 is told so, and heard again when it comes to its senses", async () => {
    using client = await WebSocketClient.connect(served.url);
    await client.start("garbage");
    for (const payload of ["!!!!", "AAA=A", "\u{1f600}", 7, null]) client.send({ event: "media", media: { payload } });
    client.socket.send("{");
    client.sendMuLaw(PACKET);
    await expect.poll(() => client.heard.length).toBe(PACKET.length);
    expect(client.messages.filter(({ type }) => type === "warning")).toHaveLength(1); // Once a second.
    expect(logger.at("error")).toEqual([]);
  });

  test("sends a message above 256 KiB is closed with code 1009, and its place is free", async () => {
    using client = await WebSocketClient.connect(served.url);
    await client.start("huge");
    client.socket.send("x".repeat(256 * 1024 + 1));
    await expect.poll(() => client.closedWith).toBe(1009);
    await expect.poll(places).toMatchObject({ sessions: 0 });
  });

  test("floods the server is read no faster than its sound plays, and others are served", async () => {
    using client = await WebSocketClient.connect(served.url);
    await client.start("flood");
    for (let count = 0; count < 20_000; count += 1) client.sendMuLaw(PACKET);
    expect(await echoes()).toBe(true);
    await expect.poll(() => client.messages.some(({ type }) => type === "warning"), { timeout: 10_000 }).toBe(true);
  });
});

test("for a client that does not read 256 KiB wait at most, and what is said beyond is lost", async () => {
  await serve(new Chatterbox());
  const socket = await rawConnection();
  socket.pause();
  const before = process.memoryUsage();
  socket.write(clientFrame(0x81, JSON.stringify({ event: "start", websocket_id: "deaf" })));
  await expect.poll(() => Chatterbox.saidMegabytes).toBeGreaterThan(100);
  const grownMegabytes = (process.memoryUsage().external - before.external) / 2 ** 20;
  expect(grownMegabytes).toBeLessThan(32);
  expect(await places()).toMatchObject({ sessions: 1 });
  socket.destroy();
  await expect.poll(places).toMatchObject({ sessions: 0 });
  await served[Symbol.asyncDispose]();
});

test("after 1,000 clients that came and went in every way all places are free, and their memory", async () => {
  await serve(new Echo(), 50);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const comeAndGo = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const client = await WebSocketClient.connect(served.url);
      if (index % 4 !== 0) await client.start(`guest-${index}`); // A fourth never says who it is.
      if (index % 4 === 1) client.sendMuLaw(PACKET);
      if (index % 4 === 2) client.send({ event: "stop" });
      if (index % 4 === 3) client.socket.close();
      else client.socket.terminate();
    }
    await expect.poll(places, { timeout: 10_000 }).toMatchObject({ sessions: 0 });
  };
  const usedMegabytes = (): number => {
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return (heapUsed + external + arrayBuffers) / 2 ** 20;
  };
  await comeAndGo(200);
  const before = usedMegabytes();
  await comeAndGo(1000);
  await expect.poll(() => usedMegabytes() - before).toBeLessThan(8);
  expect(await echoes()).toBe(true);
  await served[Symbol.asyncDispose]();
}, 60_000);
