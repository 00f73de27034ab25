import { describe, expect, test } from "vitest";
import { SessionTokens } from "../../../src/session/session-tokens.ts";
import { WebSocketOffers } from "../../../src/transports/websocket/websocket-offers.ts";
import { audioSessions, listeningHandler } from "../../support/audio-session.ts";
import { MemorySocket } from "../../support/memory-socket.ts";
import { RecordingTransport } from "../../support/recording-transport.ts";
import { turns } from "../../support/turns.ts";

const MEDIA = { encoding: "pcm16", sample_rate: 24_000, channels: 1, binary: true };
const START = { event: "start", websocket_id: "peer", media: MEDIA, resume: true };
const rates = { inputSampleRate: 8000, outputSampleRate: 8000 };

function setUp() {
  const listener = listeningHandler();
  const sessions = audioSessions({ kind: "websocket", handler: listener.make });
  const { clock, logger, registry, createSession } = sessions;
  const tokens = new SessionTokens();
  const offers = new WebSocketOffers({ registry, createSession, tokens, logger, clock, rates });
  const connect = (): MemorySocket => {
    const socket = new MemorySocket();
    offers.accept(socket, new Headers());
    return socket;
  };
  return { ...sessions, tokens, connect, heard: listener.heard };
}

/** The session's token in the answer to a `start`. */
function tokenOf(socket: MemorySocket): string {
  const [answer] = socket.messages as { session: string }[];
  return answer?.session ?? "none";
}

const claim = (session: string, attempt: number): object => ({ ...START, resume: { session, attempt } });

describe("a client that asks for a session which outlives its connection", () => {
  test("gets its token with the answer, and others get none", () => {
    const { connect } = setUp();
    const [asking, other] = [connect(), connect()];
    asking.receive(START);
    other.receive({ ...START, websocket_id: "other", resume: undefined });
    expect(asking.messages).toEqual([
      { event: "start", websocket_id: "peer", media: MEDIA, session: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(other.messages).toEqual([{ event: "start", websocket_id: "other", media: MEDIA }]);
  });

  test("goes on with it over another one when the first breaks off, and its sound goes to the same handler", async () => {
    const { connect, sessions, heard, ended } = setUp();
    const first = connect();
    first.receive(START);
    first.drop(undefined, { isBroken: true });
    expect(sessions[0]?.state).toBe("interrupted");
    const second = connect();
    second.receive(claim(tokenOf(first), 1));
    expect(second.messages[0]).toEqual({
      event: "start",
      websocket_id: "peer",
      media: MEDIA,
      session: tokenOf(first),
    });
    second.receive(new Uint8Array(960));
    await turns();
    expect([sessions.length, sessions[0]?.state, ended]).toEqual([1, "connected", []]);
    expect(heard.map(({ samples }) => samples.length)).toEqual([480]);
  });

  test("goes on with the sound that its session began with, whatever it asks for", () => {
    const { connect } = setUp();
    const first = connect();
    first.receive(START);
    const second = connect();
    second.receive({ ...claim(tokenOf(first), 1), media: { ...MEDIA, sample_rate: 16_000, channels: 2 } });
    expect(second.messages[0]).toMatchObject({ media: MEDIA });
    expect(first.closedWith?.code).toBe(1000);
  });

  test("leaves its session when it says stop, or closes the connection in order", () => {
    const { connect, ended } = setUp();
    const [first, second] = [connect(), connect()];
    first.receive(START);
    first.receive({ event: "stop" });
    second.receive({ ...START, websocket_id: "second" });
    second.drop();
    expect(ended).toEqual(["peer-left", "peer-left"]);
  });

  test.each([
    ["a token that is not its", "x".repeat(43), 1, "connection_already_exists"],
    ["an attempt that was used", undefined, 0, "connection_already_exists"],
  ])("is turned down with %s", (_what, token, attempt, error) => {
    const { connect, sessions } = setUp();
    const first = connect();
    first.receive(START);
    if (attempt === 0) connect().receive(claim(tokenOf(first), 1));
    const second = connect();
    second.receive(claim(token ?? tokenOf(first), 1));
    expect(second.messages).toEqual([{ status: "failed", meta: { error, message: expect.any(String) } }]);
    expect([second.closedWith?.code, sessions[0]?.state]).toEqual([1000, "connected"]);
  });

  test("is told when the session is over", () => {
    const { connect } = setUp();
    const socket = connect();
    socket.receive(claim("x".repeat(43), 1));
    expect(socket.messages).toMatchObject([{ meta: { error: "unknown_connection" } }]);
  });
});

test("a client that found no way by WebRTC begins its session over the WebSocket, in the format it asks for", async () => {
  const { connect, registry, createSession, tokens, heard } = setUp();
  const admission = registry.admit("peer", () => createSession("peer", new Headers()));
  if (admission.type !== "admitted") throw new Error("There was a place.");
  const { session } = admission;
  const webrtc = new RecordingTransport();
  session.attach(webrtc);
  session.continuity.allow();
  const socket = connect();
  socket.receive(claim(tokens.issue(session), 1));
  expect(socket.messages[0]).toMatchObject({ event: "start", media: MEDIA });
  expect([session.state, webrtc.closeCount]).toEqual(["connected", 1]);
  socket.receive(new Uint8Array(960));
  await turns();
  expect(heard).toHaveLength(1);
});

test("a session that runs over WebRTC goes on over the WebSocket with the sound it began with", async () => {
  const { connect, registry, createSession, tokens } = setUp();
  const admission = registry.admit("peer", () => createSession("peer", new Headers()));
  if (admission.type !== "admitted") throw new Error("There was a place.");
  const { session } = admission;
  const webrtc = new RecordingTransport();
  webrtc.audioFormat = { sampleRate: 48_000, channels: 2, packetMs: 20, leadMs: 0 };
  session.attach(webrtc);
  session.continuity.allow();
  session.connected();
  await turns();
  const socket = connect();
  socket.receive(claim(tokens.issue(session), 1));
  expect(socket.messages[0]).toMatchObject({ media: { ...MEDIA, sample_rate: 48_000, channels: 2 } });
  session.sendMessage({ type: "warning", data: "here" });
  expect(socket.messages[1]).toMatchObject({ type: "warning" });
  expect([session.state, webrtc.closeCount]).toEqual(["connected", 1]);
});

test("texts that would come on a data channel come as messages, and are answered as there", () => {
  const { connect } = setUp();
  const socket = connect();
  socket.receive(START);
  socket.receive({ event: "message", data: "hello" });
  expect(socket.messages[1]).toEqual({ type: "log", data: "Server received: hello" });
});
