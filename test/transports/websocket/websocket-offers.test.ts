import { describe, expect, test } from "vitest";
import { decodeMuLaw, encodeMuLaw } from "../../../src/media/g711.ts";
import { WebSocketOffers } from "../../../src/transports/websocket/websocket-offers.ts";
import { type AudioSessionsOptions, audioSessions, listeningHandler } from "../../support/audio-session.ts";
import { MemorySocket } from "../../support/memory-socket.ts";
import { turns } from "../../support/turns.ts";

const START = { event: "start", websocket_id: "peer" };
const rates = { inputSampleRate: 8000, outputSampleRate: 8000 };

function setUp(options: Partial<AudioSessionsOptions> & { rates?: typeof rates } = {}) {
  const sessions = audioSessions({ kind: "websocket", ...options });
  const { clock, logger, registry, createSession } = sessions;
  const offers = new WebSocketOffers({ registry, createSession, logger, clock, rates: options.rates ?? rates });
  const connect = (headers = new Headers()): MemorySocket => {
    const socket = new MemorySocket();
    offers.accept(socket, headers);
    return socket;
  };
  return { ...sessions, connect };
}

/** `ms` of a rising line, as FastRTC's clients send it. */
function media(ms: number, rate = 8000) {
  const samples = Int16Array.from({ length: (ms * rate) / 1000 }, (_, index) => (index % 400) * 50);
  return { event: "media", media: { payload: Buffer.from(encodeMuLaw(samples)).toString("base64") } };
}

/** The sound in the server's `media` messages. */
function soundOf(socket: MemorySocket): Int16Array {
  const pieces = socket.messages
    .filter((message): message is ReturnType<typeof media> => (message as { event?: string }).event === "media")
    .map((message) => decodeMuLaw(Buffer.from(message.media.payload, "base64")));
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

describe("the first message", () => {
  test("admits the client under its websocket_id, with the headers of its request", () => {
    const { connect, registry, sessions } = setUp();
    const socket = connect(new Headers({ "x-user": "7" }));
    socket.receive(START);
    expect(registry.get("peer")?.state).toBe("connected");
    expect(sessions[0]?.context.transport).toBe("websocket");
    expect(sessions[0]?.context.headers.get("x-user")).toBe("7");
    expect(socket.texts).toEqual([]);
  });

  test.each([
    ["sound", media(20)],
    ["bytes", Uint8Array.of(1, 2)],
    ["no JSON", "hello"],
    ["no websocket_id", { event: "start" }],
    ["a websocket_id that is none", { event: "start", websocket_id: 7 }],
    ["a format that is none", { ...START, media: { encoding: "mp3" } }],
  ])("is refused with an error when it is %s", (_name, message) => {
    const { connect, registry } = setUp();
    const socket = connect();
    socket.receive(message);
    expect(socket.messages).toEqual([{ type: "error", data: expect.any(String), message: expect.any(String) }]);
    expect(socket.closedWith?.code).toBe(1008);
    expect(registry.size).toBe(0);
  });

  test("may come after a ping, which is answered, and after events that nobody knows", () => {
    const { connect, registry } = setUp();
    const socket = connect();
    socket.receive({ event: "ping" });
    socket.receive({ event: "hello" });
    socket.receive(START);
    expect(socket.messages).toEqual([{ event: "pong" }]);
    expect(registry.size).toBe(1);
  });

  test("has to come within 10 seconds", () => {
    const { connect, clock } = setUp();
    const socket = connect();
    for (let second = 0; second < 9; second += 1) {
      clock.advance(1000);
      socket.pong();
    }
    clock.advance(999);
    expect(socket.closedWith).toBeUndefined();
    clock.advance(1);
    expect(socket.closedWith?.code).toBe(1008);
    expect(clock.pendingTimers).toBe(0);
  });

  test("leaves nothing behind when the client goes before it", () => {
    const { connect, clock } = setUp();
    connect().drop();
    connect().receive({ event: "stop" });
    expect(clock.pendingTimers).toBe(0);
  });

  test("is refused in FastRTC's words when all places are taken", () => {
    const { connect, registry } = setUp({ limit: 1 });
    connect().receive(START);
    const second = connect();
    second.receive({ event: "start", websocket_id: "second" });
    expect(second.messages).toEqual([
      { status: "failed", meta: { error: "concurrency_limit_reached", limit: 1, message: expect.any(String) } },
    ]);
    expect(second.closedWith?.code).toBe(1000);
    expect(registry.size).toBe(1);
  });

  test("is refused when its id is taken, and the first holder goes on", () => {
    const { connect, registry } = setUp();
    connect().receive(START);
    const second = connect();
    second.receive(START);
    expect(second.messages).toMatchObject([{ status: "failed", meta: { error: "connection_already_exists" } }]);
    expect(registry.get("peer")?.state).toBe("connected");
  });
});

describe("sound", () => {
  test("comes at the handler's input rate and goes at its output rate, in packets of 20 ms", async () => {
    const { connect, clock } = setUp({ rates: { inputSampleRate: 16_000, outputSampleRate: 24_000 } });
    const socket = connect();
    socket.receive(START);
    for (let sent = 0; sent < 50; sent += 1) {
      socket.receive(media(20, 16_000));
      await turns();
      clock.advance(20);
    }
    await turns();
    expect(new Set(socket.texts.map((text) => text.length)).size).toBe(1);
    const seconds = soundOf(socket).length / 24_000;
    expect(seconds).toBeGreaterThan(0.95);
    expect(seconds).toBeLessThanOrEqual(1);
  });

  test("of a client that sends start and sound in one go is heard from its beginning, as one piece", async () => {
    const { heard, make } = listeningHandler();
    const { connect } = setUp({ handler: make });
    const socket = connect();
    socket.receive(START);
    for (let sent = 0; sent < 200; sent += 1) socket.receive(media(20));
    await turns();
    expect(heard.map(({ durationMs, sampleRate, timestampUs }) => [durationMs, sampleRate, timestampUs])).toEqual([
      [4000, 8000, 0],
    ]);
  });

  test("leaves at most 100 ms early, however fast the handler is", async () => {
    const { connect, clock } = setUp();
    const socket = connect();
    socket.receive(START);
    socket.receive(media(2000));
    await turns();
    expect(soundOf(socket).length / 8).toBeLessThanOrEqual(120);
    clock.advance(1000);
    await turns();
    expect(soundOf(socket).length / 8).toBeLessThanOrEqual(1120);
    expect(soundOf(socket).length / 8).toBeGreaterThanOrEqual(1080);
  });

  test("is dropped for a client that does not read, and comes again when it does", async () => {
    const { connect, clock } = setUp();
    const socket = connect();
    socket.receive(START);
    socket.bufferedAmount = 50_000;
    for (let sent = 0; sent < 10; sent += 1) {
      socket.receive(media(20));
      await turns();
      clock.advance(20);
    }
    expect(socket.texts).toEqual([]);
    socket.bufferedAmount = 0;
    socket.receive(media(20));
    await turns();
    expect(soundOf(socket)).toHaveLength(160);
  });

  test("keeps its pace over ten minutes, at a rate of which 20 ms are no whole number of samples", async () => {
    const rate = 11_025;
    const { connect, clock } = setUp({ rates: { inputSampleRate: rate, outputSampleRate: rate } });
    const socket = connect();
    let sentBytes = 0;
    socket.onText = (text) => {
      sentBytes += Buffer.byteLength((JSON.parse(text) as ReturnType<typeof media>).media.payload, "base64");
      socket.texts.length = 0;
    };
    socket.receive(START);
    const piece = media(1000, rate);
    for (let second = 0; second < 600; second += 1) {
      socket.receive(piece);
      await turns();
      clock.advance(1000);
    }
    await turns();
    expect(Math.abs(sentBytes / rate - 600)).toBeLessThan(0.15);
  }, 30_000);
});

describe("messages", () => {
  test("answers pings, ignores events that it does not know, and complains about the rest once a second", () => {
    const { connect, clock } = setUp();
    const socket = connect();
    socket.receive(START);
    socket.receive({ event: "ping" });
    socket.receive({ event: "hello" });
    expect(socket.messages).toEqual([{ event: "pong" }]);
    for (let sent = 0; sent < 100; sent += 1) socket.receive("no JSON");
    clock.advance(1000);
    socket.receive(START);
    socket.receive(Uint8Array.of(1));
    expect(socket.messages.slice(1)).toMatchObject([{ type: "warning" }, { type: "warning" }]);
  });

  test("ends the session at stop, and frees the place", () => {
    const { connect, registry, ended, clock } = setUp();
    const socket = connect();
    socket.receive(START);
    socket.receive({ event: "stop" });
    expect(ended).toEqual(["peer-left"]);
    expect(socket.closedWith?.code).toBe(1000);
    expect(registry.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test("tells the client when its time is over, and closes", () => {
    const { connect, clock, ended } = setUp({ timeLimit: 60 });
    const socket = connect();
    socket.receive(START);
    for (let second = 0; second < 60; second += 1) {
      socket.receive(media(20));
      clock.advance(1000);
    }
    expect(ended).toEqual(["time-limit"]);
    expect(socket.messages.at(-1)).toEqual({ type: "end_stream", data: "The time limit was reached." });
    expect(socket.closedWith?.code).toBe(1000);
  });
});

describe("a client that asks for a format", () => {
  test("gets it confirmed, and 16-bit samples in binary messages at its own rate", async () => {
    const { connect, clock } = setUp();
    const socket = connect();
    const format = { encoding: "pcm16", sample_rate: 48_000, channels: 2, binary: true };
    socket.receive({ ...START, media: format });
    expect(socket.messages).toEqual([{ ...START, media: format }]);
    const samples = Int16Array.from({ length: 1920 }, (_, index) => (index % 2 === 0 ? index : -index));
    socket.receive(new Uint8Array(samples.buffer));
    await turns();
    clock.advance(20);
    expect(socket.binaries.map((bytes) => [...new Int16Array(bytes.slice().buffer)])).toEqual([[...samples]]);
  });

  test("is asked to drop what it has not played when the reply is interrupted; others are not", () => {
    const { connect, sessions } = setUp();
    const old = connect();
    old.receive(START);
    const asking = connect();
    asking.receive({ event: "start", websocket_id: "new", media: { encoding: "mulaw", sample_rate: 8000 } });
    for (const session of sessions) session.clearQueue();
    expect(old.messages).toEqual([]);
    expect(asking.messages.at(-1)).toEqual({ event: "clear" });
  });

  test("hears Opus: the sound that it sent, in packets of 20 ms", async () => {
    const { connect, clock } = setUp();
    const socket = connect();
    const format = { encoding: "opus", sample_rate: 48_000, channels: 1, binary: true };
    socket.receive({ ...START, media: format });
    await until(() => socket.texts.length > 0);
    const { OpusEncoder } = await import("../../../src/codecs/opus-encoder.ts");
    await using encoder = await OpusEncoder.create();
    for (let sent = 0; sent < 10; sent += 1) {
      const tone = Int16Array.from({ length: 960 }, (_, index) => 9000 * Math.sin((sent * 960 + index) * 0.0576));
      socket.receive((await encoder.encode(tone)) ?? new Uint8Array());
      await turns();
      clock.advance(20);
    }
    await until(() => socket.binaries.length >= 9);
    const { OpusDecoder } = await import("../../../src/codecs/opus-decoder.ts");
    await using decoder = await OpusDecoder.create({ channels: 1 });
    const heard = socket.binaries.map((packet) => decoder.decode(packet));
    expect(Math.max(...(heard.at(-1) ?? []))).toBeGreaterThan(7000);
    socket.receive({ event: "stop" });
  });

  test.each([
    ["leaves", (socket: MemorySocket) => socket.drop()],
    ["stops", (socket: MemorySocket) => socket.receive({ event: "stop" })],
  ])("that %s while Opus is being opened frees its place", async (_name, leave) => {
    const { connect, registry, ended } = setUp();
    const socket = connect();
    socket.receive({ ...START, media: { encoding: "opus", sample_rate: 48_000 } });
    leave(socket);
    expect(registry.size).toBe(0);
    await until(() => ended.length > 0);
    expect(ended).toEqual(["peer-left"]);
  });
});

describe("a client that is gone", () => {
  test("without a word frees its place within 8 seconds, and is asked first", () => {
    const { connect, clock, registry, ended } = setUp();
    const socket = connect();
    socket.receive(START);
    clock.advance(8000);
    expect(socket.pingCount).toBeGreaterThanOrEqual(2);
    expect(ended).toEqual(["peer-silent"]);
    expect(socket.isTerminated).toBe(true);
    expect(registry.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test("keeps its place as long as it answers", () => {
    const { connect, clock, registry } = setUp();
    const socket = connect();
    socket.receive(START);
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1000);
      socket.pong();
    }
    expect(registry.size).toBe(1);
  });

  test("is cut off 2 seconds after a close that it does not agree to", async () => {
    const { connect, clock, sessions } = setUp();
    const socket = connect();
    socket.agreesToClose = false;
    socket.receive(START);
    const ending = sessions[0]?.end("server-stopped");
    clock.advance(2000);
    await ending;
    expect(socket.isTerminated).toBe(true);
  });
});

describe("a flood", () => {
  test("of sound a hundred times as fast as it plays is read no faster than it plays, after 5 seconds' worth", async () => {
    const { heard, make } = listeningHandler();
    const { connect, clock } = setUp({ handler: make });
    const socket = connect();
    socket.receive(START);
    const piece = media(20);
    let pauses = 0;
    for (let elapsedMs = 0; elapsedMs < 10_000; elapsedMs += 20) {
      if (socket.isPaused) pauses += 1;
      else for (let sent = 0; sent < 100; sent += 1) socket.receive(piece);
      await turns();
      clock.advance(20);
    }
    const heardMs = heard.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(heardMs).toBeGreaterThan(13_000);
    expect(heardMs).toBeLessThanOrEqual(15_100);
    expect(pauses).toBeGreaterThan(200);
    expect(socket.messages[0]).toMatchObject({ type: "warning" });
    expect(socket.texts.length).toBeLessThanOrEqual(11);
  });

  test("of messages without sound is read at 400 a second, after a burst of 2,000", () => {
    const { connect, clock } = setUp();
    const socket = connect();
    socket.receive(START);
    for (let elapsedMs = 0; elapsedMs < 10_000; elapsedMs += 20) {
      for (let sent = 0; sent < 100; sent += 1) socket.receive({ event: "ping" });
      clock.advance(20);
    }
    const pongs = socket.texts.filter((text) => text.includes("pong")).length;
    expect(pongs).toBeGreaterThan(5500);
    expect(pongs).toBeLessThanOrEqual(6010);
  });

  test("of pings by a client that does not read is answered up to 256 KiB", () => {
    const { connect } = setUp();
    const socket = connect();
    socket.receive(START);
    socket.bufferedAmount = 256 * 1024;
    socket.receive({ event: "ping" });
    expect(socket.texts).toEqual([]);
  });
});

/** Resolves once `condition` holds: for the codec, which works on other threads. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turns();
}
