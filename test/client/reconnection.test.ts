import { describe, expect, test } from "vitest";
import type { ConnectOptions } from "../../src/client/connect-options.ts";
import { connect } from "../../src/client/connect.ts";
import { advanceBy, turn } from "../support/turn.ts";
import { soon } from "../support/soon.ts";
import { type FakeBrowser, type FakePeerConnection, FakeTrack, fakeBrowser, type Reply } from "./fake-browser.ts";

const ANSWER = { type: "answer", sdp: "the answer", session: "the token" };
const answers: Reply = ({ type }) => Response.json(type === "offer" ? ANSWER : { status: "success" });

/** A connection that stands. */
async function connected(reply: Reply = answers, options: ConnectOptions = {}) {
  const browser = fakeBrowser({ reply });
  const connection = connect("http://localhost/rtc", { browser: browser.parts, ...options });
  const states: string[] = [];
  connection.on("state", (state) =>
    states.push(state.type === "connected" ? `interrupted: ${state.interrupted}` : state.type),
  );
  await turn();
  browser.peer().reach("connected");
  states.length = 0;
  return { browser, connection, states };
}

const offers = ({ posts }: FakeBrowser): unknown[] =>
  posts.filter(({ type }) => type === "offer").map(({ resume }) => resume);
const peerAt = ({ peers }: FakeBrowser, index: number): FakePeerConnection => {
  const peer = peers[index];
  if (!peer) throw new Error(`There are ${peers.length} connections.`);
  return peer;
};

describe("a connection that breaks", () => {
  test.each<RTCPeerConnectionState>(["disconnected", "failed"])(
    "is made anew for the same session when it is %s",
    async (state) => {
      const { browser, connection, states } = await connected();
      const outputs: readonly MediaStreamTrack[][] = [];
      connection.on("output", (stream) => (outputs as MediaStreamTrack[][]).push([...stream.getTracks()]));
      const [old, fresh] = [new FakeTrack("video"), new FakeTrack("video")];
      peerAt(browser, 0).receiveTrack(old);
      peerAt(browser, 0).reach(state);
      await turn();
      peerAt(browser, 1).receiveTrack(fresh);
      expect(peerAt(browser, 0).connectionState).toBe(state); // It stays until the new one stands.
      peerAt(browser, 1).reach("connected");
      expect(offers(browser)).toEqual([true, { session: "the token", attempt: 1 }]);
      expect(browser.posts.at(-1)).toMatchObject({ webrtc_id: connection.webrtcId });
      expect(states).toEqual(["interrupted: true", "interrupted: false"]);
      expect(outputs).toEqual([[old], [fresh]]);
      expect([peerAt(browser, 0).connectionState, browser.camera.isStopped]).toEqual(["closed", false]);
      connection.close();
    },
  );

  test("is made anew at once when the browser has another network", async () => {
    const { browser, connection, states } = await connected();
    browser.goOnline();
    await turn();
    expect(browser.peers).toHaveLength(2);
    peerAt(browser, 1).reach("connected");
    expect(states).toEqual(["interrupted: true", "interrupted: false"]);
    connection.close();
  });

  test("takes what is said meanwhile over the new one: the newest inputs, and the texts in their order", async () => {
    const { browser, connection } = await connected(answers, { inputs: [1] });
    const sentBy = (index: number): readonly string[] => peerAt(browser, index).channel.sent;
    peerAt(browser, 0).openChannel();
    await turn();
    expect(sentBy(0)).toEqual(['{"type":"set_input","data":[1]}']);
    peerAt(browser, 0).reach("failed");
    await turn();
    connection.send("first");
    connection.setInput(2);
    connection.send(undefined);
    peerAt(browser, 1).openChannel();
    await turn();
    expect(sentBy(1)).toEqual([]);
    peerAt(browser, 1).reach("connected");
    await soon(() => expect(sentBy(1)).toEqual(['{"type":"set_input","data":[2]}', "first", "null"]));
    connection.close();
  });

  test("is tried again and again, with pauses, each try with a number of its own", async () => {
    let isDown = true;
    const { browser, connection } = await connected((body) => {
      const isFirst = body["resume"] === true;
      return isDown && body["type"] === "offer" && !isFirst ? Promise.reject(new Error("no network")) : answers(body);
    });
    peerAt(browser, 0).reach("disconnected");
    await advanceBy(browser.clock, 3000, 50); // Tries after 0, 250, 750 and 1750 ms; the next after 3750.
    expect(browser.peers).toHaveLength(5);
    isDown = false;
    browser.goOnline(); // Ends the pause.
    await turn();
    browser.peer().reach("connected");
    expect(
      offers(browser)
        .slice(1)
        .map((resume) => (resume as { attempt: number }).attempt),
    ).toEqual([1, 2, 3, 4, 5]);
    expect(connection.state).toEqual({ type: "connected", interrupted: false });
    expect(browser.peers.slice(0, -1).map(({ connectionState }) => connectionState)).toEqual(
      Array.from({ length: 5 }, () => "closed"),
    );
    connection.close();
    expect(browser.clock.pendingTimers).toBe(0);
  });

  test("that finds no way through the network is tried again after 6 s, and given up after 20", async () => {
    const { browser, connection } = await connected();
    peerAt(browser, 0).reach("failed");
    await advanceBy(browser.clock, 19_950, 50);
    expect(browser.peers).toHaveLength(5);
    expect(connection.state).toEqual({ type: "connected", interrupted: true });
    await advanceBy(browser.clock, 50);
    expect(connection.state).toMatchObject({
      reason: { type: "failed", error: { code: "connection_lost", message: /could not be made anew/ } },
    });
    expect(browser.clock.pendingTimers).toBe(0);
  });

  test("is lost at once when the server knows the session no more", async () => {
    const gone = { status: "failed", meta: { error: "unknown_connection", message: "The session is over." } };
    const { browser, connection } = await connected((body) =>
      typeof body["resume"] === "object" ? Response.json(gone) : answers(body),
    );
    peerAt(browser, 0).reach("failed");
    await turn();
    expect(connection.state).toMatchObject({
      reason: { type: "failed", error: { code: "connection_lost", refusal: { code: "unknown_connection" } } },
    });
    expect(browser.camera.isStopped).toBe(true);
  });

  test("ends for good when the server says so meanwhile, and by close()", async () => {
    const told = await connected();
    peerAt(told.browser, 0).reach("disconnected");
    await turn();
    peerAt(told.browser, 0).receiveMessage('{"type":"end_stream","data":"Time is up."}');
    expect(told.connection.state).toMatchObject({ reason: { type: "ended-by-server", message: "Time is up." } });

    const closed = await connected();
    peerAt(closed.browser, 0).reach("disconnected");
    await turn();
    closed.connection.close();
    for (const { browser } of [told, closed]) {
      expect(browser.peers.map(({ connectionState }) => connectionState)).toEqual(["closed", "closed"]);
      expect(browser.clock.pendingTimers).toBe(0);
    }
    const left = ({ browser }: typeof told): unknown[] => browser.posts.filter(({ type }) => type === "leave");
    expect(left(told)).toEqual([]);
    expect(left(closed)).toMatchObject([{ resume: { session: "the token", attempt: 2 } }]);
  });

  test("only waits, as it always did, with servers that know nothing of it, and when it is not wished", async () => {
    const old: Reply = ({ type }) =>
      Response.json(type === "offer" ? { type: "answer", sdp: "the answer" } : { status: "success" });
    for (const { browser, connection } of [await connected(old), await connected(old, { reconnect: false })]) {
      peerAt(browser, 0).reach("disconnected");
      expect(connection.state).toEqual({ type: "connected", interrupted: true });
      peerAt(browser, 0).reach("connected");
      expect(connection.state).toEqual({ type: "connected", interrupted: false });
      browser.goOnline();
      peerAt(browser, 0).reach("failed");
      expect(connection.state).toMatchObject({ reason: { error: { message: "The connection was lost." } } });
      expect(browser.peers).toHaveLength(1);
    }
  });
});
