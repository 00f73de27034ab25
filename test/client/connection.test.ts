import { describe, expect, it, vi } from "vitest";
import type { ConnectOptions } from "../../src/client/connect-options.ts";
import { connect } from "../../src/client/connect.ts";
import type { Connection } from "../../src/client/connection.ts";
import type { ConnectionEvents } from "../../src/client/connection-events.ts";
import { soon } from "../support/soon.ts";
import { type FakeBrowser, FakeStream, FakeTrack, fakeBrowser, type Reply } from "./fake-browser.ts";

const URL_OF_STREAM = "http://localhost/rtc";

describe("connecting", () => {
  it("opens the camera, offers, and is connected once the network is", async () => {
    const { browser, connection, events } = start();
    await offered(browser);
    browser.peer().reach("connected");
    expect(events.filter(([name]) => name === "state").map(([, state]) => state)).toEqual([
      { type: "connecting", phase: "signalling" },
      { type: "connecting", phase: "transport" },
      { type: "connected", interrupted: false },
    ]);
    expect(browser.posts[0]).toEqual({
      type: "offer",
      sdp: "the offer",
      resume: true,
      webrtc_id: connection.webrtcId,
    });
    expect(browser.peer().answer).toBe("the answer");
    expect(browser.peer().channel.label).toBe("text");
    expect(browser.camera.contentHint).toBe("motion");
  });

  it("asks for no camera when it only receives", async () => {
    const { browser } = start({ mode: "receive", modality: "audio-video" });
    await offered(browser);
    expect(browser.peer().transceivers).toEqual([
      { kind: "audio", direction: "recvonly" },
      { kind: "video", direction: "recvonly" },
    ]);
  });

  it("hands the configuration to the browser", async () => {
    const rtcConfiguration = { iceServers: [{ urls: "stun:stun.example.org" }] };
    const { browser } = start({ rtcConfiguration });
    expect(browser.peer().configuration).toBe(rtcConfiguration);
  });

  it("plays what arrives at once", async () => {
    const { browser, events } = start();
    await offered(browser);
    const receiver = browser.peer().receiveTrack(new FakeTrack("video"));
    expect(receiver).toEqual({ jitterBufferTarget: 0 });
    expect(events.filter(([name]) => name === "output")).toHaveLength(1);
  });

  it("gives up when no connection comes about in time", async () => {
    const { browser, connection } = start({ connectTimeoutMs: 5000 });
    await offered(browser);
    browser.clock.advance(4999);
    expect(connection.state.type).toBe("connecting");
    browser.clock.advance(1);
    expect(connection.state).toMatchObject({ reason: { type: "failed", error: { code: "connection_lost" } } });
  });

  it("ends as failed, with the camera off, when the server refuses", async () => {
    const reply: Reply = () =>
      Response.json({ status: "failed", meta: { error: "concurrency_limit_reached", limit: 1, message: "Full." } });
    const { browser, connection } = start({}, fakeBrowser({ reply }));
    await soon(() => expect(connection.state.type).toBe("closed"));
    expect(connection.state).toMatchObject({
      reason: {
        error: { code: "refused", refusal: { code: "concurrency_limit_reached", limit: 1, message: "Full." } },
      },
    });
    expect(browser.camera.isStopped).toBe(true);
    expect(browser.posts).toHaveLength(1);
  });

  it("ends as failed when the browser cannot make a connection", async () => {
    const browser = fakeBrowser();
    const { connection } = start({
      browser: {
        ...browser.parts,
        createPeerConnection: () => {
          throw new Error("no WebRTC here");
        },
      },
    });
    await soon(() => expect(connection.state.type).toBe("closed"));
    expect(connection.state).toMatchObject({ reason: { error: { code: "browser_failed" } } });
  });
});

describe("candidates", () => {
  it("go out in their order, after the answer", async () => {
    let answer: (response: Response) => void = () => {};
    const reply: Reply = ({ type }) =>
      type === "offer" ? new Promise((resolve) => (answer = resolve)) : Response.json({ status: "success" });
    const { browser } = start({}, fakeBrowser({ reply }));
    await soon(() => expect(browser.posts).toHaveLength(1));
    browser.peer().foundCandidate("candidate:2");
    expect(browser.posts).toHaveLength(1);
    answer(Response.json({ type: "answer", sdp: "the answer" }));
    await soon(() => expect(browser.posts).toHaveLength(3));
    browser.peer().foundCandidate("candidate:3");
    expect(browser.posts.map(({ candidate }) => (candidate as RTCIceCandidateInit | undefined)?.candidate)).toEqual([
      undefined,
      "candidate:1",
      "candidate:2",
      "candidate:3",
    ]);
  });

  it("that the server does not take are told, but end nothing", async () => {
    const reply: Reply = ({ type }) =>
      type === "offer"
        ? Response.json({ type: "answer", sdp: "the answer" })
        : Response.json({ status: "failed", meta: { error: "invalid_candidate_format", message: "No." } });
    const { connection, events } = start({}, fakeBrowser({ reply }));
    await soon(() => expect(events.some(([name]) => name === "error")).toBe(true));
    expect(connection.state.type).toBe("connecting");
  });
});

describe("ending", () => {
  it("by close() stops the camera and the connection, once", async () => {
    const { browser, connection, events } = start();
    await offered(browser);
    connection.close();
    connection.close();
    expect(events.filter(([, detail]) => "type" in detail && detail.type === "closed")).toHaveLength(1);
    expect(connection.state).toEqual({ type: "closed", reason: { type: "closed-here" } });
    expect([browser.camera.isStopped, browser.peer().connectionState]).toEqual([true, "closed"]);
    expect(browser.clock.pendingTimers).toBe(0);
  });

  it("while the camera opens turns it off as soon as it is open, and offers nothing", async () => {
    const camera = new FakeTrack("video");
    let open: (stream: MediaStream) => void = () => {};
    const browser = fakeBrowser({ getUserMedia: () => new Promise((resolve) => (open = resolve)) });
    const { connection } = start({}, browser);
    connection.close();
    open(new FakeStream([camera]) as unknown as MediaStream);
    await soon(() => expect(camera.isStopped).toBe(true));
    expect(browser.posts).toEqual([]);
  });

  it.each([
    ["while the offer is on its way", false],
    ["before the network has found a way", true],
  ])("%s tells the server, so that the place is free", async (_when, isAnswered) => {
    let answer: () => void = () => {};
    const answering = new Promise<Response>((resolve) => {
      answer = () => resolve(Response.json({ type: "answer", sdp: "the answer", session: "token" }));
    });
    const reply: Reply = ({ type }) => (type === "offer" ? answering : Response.json({ status: "success" }));
    const { browser, connection } = start({}, fakeBrowser({ reply }));
    await soon(() => expect(browser.posts).toHaveLength(1));
    if (isAnswered) {
      answer();
      await offered(browser);
    }
    connection.close();
    answer();
    const resume = { session: "token", attempt: 1 };
    await soon(() =>
      expect(browser.posts.filter(({ type }) => type === "leave")).toEqual([
        { type: "leave", webrtc_id: connection.webrtcId, resume },
      ]),
    );
  });

  it("gives the place back before the next connection asks for one", async () => {
    const told: string[] = [];
    let hear: () => void = () => {};
    const heard = new Promise<Response>((resolve) => (hear = () => resolve(Response.json({ status: "success" }))));
    const reply: Reply = ({ type }) => {
      told.push(String(type));
      if (type === "leave") return heard;
      return Response.json(type === "offer" ? { type: "answer", sdp: "the answer", session: "token" } : {});
    };
    const first = start({}, fakeBrowser({ reply }));
    await offered(first.browser);
    first.browser.peer().reach("connected");
    first.connection.close();
    const second = start({}, fakeBrowser({ reply }));
    await soon(() => expect(second.connection.state).toEqual({ type: "connecting", phase: "signalling" }));
    expect(told.filter((type) => type !== "ice-candidate")).toEqual(["offer", "leave"]);
    hear();
    await offered(second.browser);
    expect(told.filter((type) => type !== "ice-candidate")).toEqual(["offer", "leave", "offer"]);
    second.connection.close();
  });

  it("before it began, by a signal that has aborted, asks for no camera and is told all the same", async () => {
    const getUserMedia = vi.fn<() => Promise<MediaStream>>();
    const { browser, events } = start({ signal: AbortSignal.abort() }, fakeBrowser({ getUserMedia }));
    await soon(() => expect(events).toEqual([["state", { type: "closed", reason: { type: "closed-here" } }]]));
    expect([getUserMedia.mock.calls, browser.peers, browser.posts]).toEqual([[], [], []]);
  });

  it("by a signal is the same as by close()", () => {
    const abort = new AbortController();
    const { browser, connection } = start({ signal: abort.signal });
    abort.abort();
    expect(connection.state).toEqual({ type: "closed", reason: { type: "closed-here" } });
    expect(browser.peer().connectionState).toBe("closed");
  });

  it("leaves a stream of the caller's running", async () => {
    const camera = new FakeTrack("video");
    const { browser, connection } = start({ media: new FakeStream([camera]) as unknown as MediaStream });
    await offered(browser);
    connection.close();
    expect(camera.isStopped).toBe(false);
  });

  it.each([
    ["end_stream with a text", { type: "end_stream", data: "Time is up." }, "Time is up."],
    ["end_stream without one", { type: "end_stream", data: "" }, undefined],
    ["update_connection", { type: "update_connection", data: "closed" }, undefined],
  ])("by the server's %s", async (_what, message, text) => {
    const { browser, connection } = start();
    await offered(browser);
    browser.peer().reach("connected");
    browser.peer().receiveMessage(JSON.stringify(message));
    expect(connection.state).toEqual({ type: "closed", reason: { type: "ended-by-server", message: text } });
  });

  it("by the server closing the channel", async () => {
    const { browser, connection } = start();
    await offered(browser);
    browser.peer().channel.dispatchEvent(new Event("close"));
    expect(connection.state).toMatchObject({ reason: { type: "ended-by-server" } });
  });

  it("by a network that stays away is told from one that comes back", async () => {
    const { browser, connection } = start();
    await offered(browser);
    browser.peer().reach("connected");
    browser.peer().reach("disconnected");
    expect(connection.state).toEqual({ type: "connected", interrupted: true });
    browser.peer().reach("connected");
    expect(connection.state).toEqual({ type: "connected", interrupted: false });
    browser.peer().reach("failed");
    expect(connection.state).toMatchObject({ reason: { type: "failed", error: { code: "connection_lost" } } });
  });
});

describe("while connected", () => {
  it("statistics come once a second until the end", async () => {
    const { browser, connection, events } = start();
    await offered(browser);
    browser.peer().reach("connected");
    for (const count of [1, 2, 3]) {
      browser.clock.advance(1000);
      await soon(() => expect(events.filter(([name]) => name === "stats")).toHaveLength(count));
    }
    connection.close();
    expect(browser.clock.pendingTimers).toBe(0);
  });

  it("statistics that the browser does not give are told, once, and end nothing", async () => {
    const { browser, connection, events } = start();
    await offered(browser);
    browser.peer().reach("connected");
    browser.peer().getStats = () => Promise.reject(new Error("not now"));
    browser.clock.advance(1000);
    await soon(() =>
      expect(events.filter(([name]) => name === "error")).toEqual([
        ["error", expect.objectContaining({ code: "browser_failed" })],
      ]),
    );
    expect([connection.state.type, browser.clock.pendingTimers]).toEqual(["connected", 0]);
    connection.close();
  });

  it("the server is asked for its side of the statistics where that is wanted, and its answer is with the next ones", async () => {
    const { browser, connection, events } = start({ readsServerStats: true });
    await offered(browser);
    const sent: string[] = [];
    Object.assign(browser.peer().channel, {
      readyState: "open",
      bufferedAmount: 0,
      send: (text: string) => sent.push(text),
    });
    browser.peer().reach("connected");
    browser.clock.advance(1000);
    await soon(() => expect(sent).toEqual(['{"type":"stats"}']));
    browser.peer().receiveMessage('{"type":"stats","data":{"handlerMs":4}}');
    browser.clock.advance(1000);
    await soon(() => expect(events.at(-1)).toEqual(["stats", expect.objectContaining({ server: { handlerMs: 4 } })]));
    expect(events.filter(([name]) => name === "message" || name === "error")).toEqual([]);
    connection.close();
  });

  it("messages of the server are handed on, and those of the application's handler as they are", async () => {
    const { browser, events } = start();
    await offered(browser);
    browser.peer().receiveMessage('{"type":"error","message":"division by zero"}');
    browser.peer().receiveMessage("hello");
    browser.peer().receiveMessage('{"type":"move","data":[1,2]}');
    browser.peer().receiveMessage("null");
    expect(events.filter(([name]) => name === "message" || name === "error")).toEqual([
      ["message", { type: "error", data: "division by zero" }],
      ["message", { type: "custom", data: "hello" }],
      ["message", { type: "custom", data: { type: "move", data: [1, 2] } }],
      ["message", { type: "custom", data: null }],
    ]);
  });

  it("a camera that is unplugged is told", async () => {
    const { browser, events } = start();
    await offered(browser);
    browser.camera.dispatchEvent(new Event("ended"));
    expect(events).toContainEqual(["error", expect.objectContaining({ code: "no_device" })]);
  });
});

type Recorded = readonly [keyof ConnectionEvents, ConnectionEvents[keyof ConnectionEvents]];

function start(
  options: ConnectOptions = {},
  browser: FakeBrowser = fakeBrowser(),
): { browser: FakeBrowser; connection: Connection; events: Recorded[] } {
  const connection = connect(URL_OF_STREAM, { browser: browser.parts, ...options });
  const events: Recorded[] = [];
  for (const name of ["state", "input", "output", "message", "stats", "error"] as const) {
    connection.on(name, (detail) => events.push([name, detail]));
  }
  return { browser, connection, events };
}

/** Resolves when the answer is in the browser's hands. */
async function offered(browser: FakeBrowser): Promise<void> {
  await soon(() => expect(browser.peer().answer).toBeDefined());
}
