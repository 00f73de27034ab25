import { describe, expect, it } from "vitest";
import { connect } from "../../../src/client/connect.ts";
import type { ConnectOptions } from "../../../src/client/connect-options.ts";
import type { Connection } from "../../../src/client/connection.ts";
import { soon } from "../../support/soon.ts";
import { type FakeBrowser, fakeBrowser, FakeStream, FakeTrack } from "../fake-browser.ts";
import { FakeSocket, FakeSound } from "../fake-socket.ts";

const MEDIA = { encoding: "pcm16", sample_rate: 24_000, channels: 1, binary: true };

interface Started {
  readonly connection: Connection;
  readonly browser: FakeBrowser;
  readonly sockets: FakeSocket[];
  readonly sounds: FakeSound[];
  readonly microphone: FakeTrack;
  readonly messages: unknown[];
}

function start(options: Partial<ConnectOptions> = {}, browser = fakeBrowser()): Started {
  const sockets: FakeSocket[] = [];
  const sounds: FakeSound[] = [];
  const messages: unknown[] = [];
  const microphone = new FakeTrack("audio");
  const connection = connect("https://example.org/rtc", {
    modality: "audio",
    media: new FakeStream([microphone]) as unknown as MediaStream,
    ...options,
    browser: {
      ...browser.parts,
      createWebSocket: (url) => {
        const socket = new FakeSocket(url);
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      openSound: (given) => {
        const sound = new FakeSound(given);
        sounds.push(sound);
        return Promise.resolve(sound);
      },
    },
  });
  for (const name of ["message", "error"] as const) connection.on(name, (detail) => messages.push(detail));
  return { connection, browser, sockets, sounds, microphone, messages };
}

/** Connects by WebSocket; the server answers as ours does. */
async function connected(
  options: Partial<ConnectOptions> = {},
): Promise<Started & { socket: FakeSocket; sound: FakeSound }> {
  const started = start({ transport: "websocket", ...options });
  await soon(() => expect(started.sockets).toHaveLength(1));
  const [socket] = started.sockets as [FakeSocket];
  socket.open();
  socket.receive({ event: "start", websocket_id: "x", media: MEDIA, session: "token" });
  await soon(() => expect(started.connection.state.type).toBe("connected"));
  const [sound] = started.sounds as [FakeSound];
  return { ...started, socket, sound };
}

describe("a connection over a WebSocket", () => {
  it("asks for a format and a session, and sends sound once it has them", async () => {
    const { connection, socket, sound, microphone } = await connected();
    expect(socket.url.href).toBe("wss://example.org/rtc/websocket/offer");
    expect(socket.messages).toEqual([
      { event: "start", websocket_id: connection.webrtcId, media: MEDIA, resume: true },
      { event: "ping" },
    ]);
    expect([connection.transport, sound.recorded]).toEqual(["websocket", microphone]);
    sound.options.onRecorded(Float32Array.of(0.5));
    expect(socket.sent.at(-1)).toEqual(Uint8Array.of(0, 0x40));
    socket.bufferedAmount = 100_000;
    sound.options.onRecorded(Float32Array.of(1));
    expect(socket.sent.at(-1)).toEqual(Uint8Array.of(0, 0x40));
  });

  it("plays what comes, and drops what waits when the server says clear", async () => {
    const { socket, sound } = await connected();
    socket.receive(Uint8Array.of(0, 0x40).buffer);
    expect(sound.played).toEqual([[0.5]]);
    socket.receive({ event: "clear" });
    expect(sound.clearCount).toBe(1);
  });

  it("speaks FastRTC's mu-law to a server that answers the ping first", async () => {
    const { connection, sockets, sounds } = start({ transport: "websocket", soundRates: { input: 24_000 } });
    await soon(() => expect(sockets).toHaveLength(1));
    const [socket] = sockets as [FakeSocket];
    socket.open();
    socket.receive({ event: "pong" });
    await soon(() => expect(connection.state.type).toBe("connected"));
    const [sound] = sounds as [FakeSound];
    sound.options.onRecorded(Float32Array.of(0, 0));
    expect(socket.messages.at(-1)).toEqual({ event: "media", media: { payload: "//8=" } });
    socket.receive({ event: "media", media: { payload: "//8=" } });
    expect(sound.played).toEqual([[0, 0]]);
    expect(sound.options.isPaced).toBe(false);
  });

  it("carries messages and inputs both ways", async () => {
    const { connection, socket, messages } = await connected({ inputs: [1] });
    connection.setInput(2);
    connection.send({ hello: true });
    await soon(() =>
      expect(socket.messages.slice(2)).toEqual([
        { event: "message", data: '{"type":"set_input","data":[1]}' },
        { event: "message", data: '{"type":"set_input","data":[2]}' },
        { event: "message", data: '{"hello":true}' },
      ]),
    );
    socket.receive({ type: "warning", data: "careful" });
    expect(messages).toEqual([{ type: "warning", data: "careful" }]);
  });

  it("says stop when it is closed, and gives everything back", async () => {
    const { connection, socket, sound, browser } = await connected();
    connection.close();
    expect(socket.messages.at(-1)).toEqual({ event: "stop" });
    expect([socket.isClosed, sound.isClosed, browser.clock.pendingTimers]).toEqual([true, true, 0]);
  });

  it("ends when the server closes it in order", async () => {
    const { connection, socket } = await connected();
    socket.end(true);
    expect(connection.state).toEqual({ type: "closed", reason: { type: "ended-by-server", message: undefined } });
  });

  it.each([
    ["breaks off", (socket: FakeSocket) => socket.end(false)],
    ["has been silent for 5 seconds", undefined],
  ])("is made anew for the same session when it %s", async (_how, breakOff) => {
    const { connection, sockets, socket, browser } = await connected();
    if (breakOff) breakOff(socket);
    else for (let second = 0; second < 7; second += 1) browser.clock.advance(1000);
    expect(connection.state).toEqual({ type: "connected", interrupted: true });
    await soon(() => expect(sockets).toHaveLength(2));
    const [, second] = sockets as [FakeSocket, FakeSocket];
    second.open();
    expect(second.messages[0]).toMatchObject({ resume: { session: "token", attempt: 1 } });
    second.receive({ event: "start", websocket_id: "x", media: MEDIA, session: "token" });
    await soon(() => expect(connection.state).toEqual({ type: "connected", interrupted: false }));
    connection.close();
  });

  it.each([
    [
      "there is no place",
      (socket: FakeSocket) =>
        socket.receive({ status: "failed", meta: { error: "concurrency_limit_reached", limit: 1, message: "Full." } }),
      { code: "refused", refusal: { code: "concurrency_limit_reached", limit: 1 } },
    ],
    ["nobody takes it", (socket: FakeSocket) => socket.end(false), { code: "server_unreachable" }],
    [
      "the format is another",
      (socket: FakeSocket) => socket.receive({ event: "start", media: { encoding: "opus" } }),
      { code: "server_unreachable" },
    ],
  ])("fails when %s", async (_why, answer, error) => {
    const { connection, sockets } = start({ transport: "websocket" });
    await soon(() => expect(sockets).toHaveLength(1));
    const [socket] = sockets as [FakeSocket];
    socket.open();
    answer(socket);
    await soon(() => expect(connection.state).toMatchObject({ type: "closed", reason: { error } }));
    expect(socket.isClosed).toBe(true);
  });
});

describe("where WebRTC finds no way", () => {
  const reply = ({ type }: Readonly<Record<string, unknown>>): Response =>
    Response.json(type === "offer" ? { type: "answer", sdp: "the answer", session: "token" } : { status: "success" });

  async function offered(options: Partial<ConnectOptions> = {}): Promise<Started> {
    const started = start(options, fakeBrowser({ reply }));
    await soon(() => expect(started.browser.peer().answer).toBeDefined());
    return started;
  }

  it.each([
    ["for 5 seconds", ({ clock }: FakeBrowser) => clock.advance(5000)],
    ["for good", (browser: FakeBrowser) => browser.peer().reach("failed")],
  ])("%s, sound goes over a WebSocket with the same session", async (_how, pass) => {
    const { connection, browser, sockets } = await offered();
    pass(browser);
    await soon(() => expect(sockets).toHaveLength(1));
    const [socket] = sockets as [FakeSocket];
    socket.open();
    expect(socket.messages[0]).toMatchObject({ resume: { session: "token", attempt: 1 } });
    expect(browser.peer().connectionState).toBe("closed");
    socket.receive({ event: "start", media: MEDIA, session: "token" });
    await soon(() => expect(connection.state.type).toBe("connected"));
    connection.close();
    expect(browser.clock.pendingTimers).toBe(0);
  });

  it("what was said before goes over the WebSocket, in its order", async () => {
    const { connection, browser, sockets } = await offered({ inputs: [1], showsOutputs: true });
    connection.send("early");
    browser.peer().reach("failed");
    connection.send({ later: true });
    connection.setInput(2);
    await soon(() => expect(sockets).toHaveLength(1));
    const [socket] = sockets as [FakeSocket];
    socket.open();
    socket.receive({ event: "start", media: MEDIA, session: "token" });
    await soon(() =>
      expect(socket.messages.slice(2)).toEqual([
        { event: "message", data: '{"type":"show_outputs"}' },
        { event: "message", data: '{"type":"set_input","data":[2]}' },
        { event: "message", data: "early" },
        { event: "message", data: '{"later":true}' },
      ]),
    );
    connection.close();
  });

  it("and no WebSocket either, it ends as lost", async () => {
    const { connection, browser, sockets } = await offered();
    browser.clock.advance(5000);
    await soon(() => expect(sockets).toHaveLength(1));
    sockets[0]?.end(false);
    await soon(() =>
      expect(connection.state).toMatchObject({ type: "closed", reason: { error: { code: "connection_lost" } } }),
    );
  });

  it.each([
    ["transport: webrtc", { transport: "webrtc" }],
    ["pictures", { modality: "audio-video" }],
    ["a mode other than send-receive", { mode: "send" }],
  ] as const)("nothing takes its place with %s", async (_what, options) => {
    const { connection, browser, sockets } = await offered(options);
    browser.clock.advance(10_000);
    expect([sockets.length, connection.state.type]).toEqual([0, "connecting"]);
    connection.close();
  });

  it("a connection that came about in time stays", async () => {
    const { connection, browser, sockets } = await offered();
    browser.peer().reach("connected");
    browser.clock.advance(10_000);
    expect([sockets.length, connection.transport]).toEqual([0, "webrtc"]);
    connection.close();
  });

  it("any more, every other try is a WebSocket, with the sound that the session began with", async () => {
    const { connection, browser, sockets, sounds } = await offered();
    browser.peer().reach("connected");
    browser.peer().reach("failed");
    await soon(() => expect(browser.peers).toHaveLength(2));
    browser.clock.advance(6000); // The first try comes to nothing.
    browser.clock.advance(250);
    await soon(() => expect(sockets).toHaveLength(1));
    const [socket] = sockets as [FakeSocket];
    socket.open();
    expect(socket.messages[0]).toMatchObject({ resume: { session: "token", attempt: 2 } });
    socket.receive({ event: "start", media: { ...MEDIA, sample_rate: 48_000, channels: 2 }, session: "token" });
    await soon(() => expect(connection.state).toEqual({ type: "connected", interrupted: false }));
    expect([connection.transport, sounds[0]?.options.channels]).toEqual(["websocket", 2]);
    connection.close();
    expect(browser.clock.pendingTimers).toBe(0);
  });

  it("a browser without WebRTC begins with the WebSocket", async () => {
    const browser = fakeBrowser();
    const { connection, sockets } = start(
      {},
      { ...browser, parts: { ...browser.parts, createPeerConnection: undefined } },
    );
    await soon(() => expect(sockets).toHaveLength(1));
    expect(connection.transport).toBe("websocket");
    connection.close();
  });
});
