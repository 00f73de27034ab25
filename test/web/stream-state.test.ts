import { expect, it } from "vitest";
import { ClientError, type ConnectionEvents } from "../../src/client/index.ts";
import { deviceProblem } from "../../web/src/problem.ts";
import { initialState, reduce, type StreamAction, type StreamState } from "../../web/src/stream-state.ts";

it("goes from record to the first picture", () => {
  const phases = [
    { type: "start" } as const,
    reached({ type: "connecting", phase: "signalling" }),
    reached({ type: "connecting", phase: "transport" }),
    reached({ type: "connected", interrupted: false }, 1000),
    { type: "first-picture" } as const,
  ].map((_action, index, actions) => run(actions.slice(0, index + 1)).phase);
  expect(phases).toEqual([
    { type: "connecting", step: "media", isSlow: false },
    { type: "connecting", step: "signalling", isSlow: false },
    { type: "connecting", step: "transport", isSlow: false },
    { type: "live", sinceMs: 1000, interrupted: false, hasPicture: false },
    { type: "live", sinceMs: 1000, interrupted: false, hasPicture: true },
  ]);
});

it("stays slow from step to step, and forgets it once connected", () => {
  const slow = run([{ type: "start" }, { type: "slow" }, reached({ type: "connecting", phase: "transport" })]);
  expect(slow.phase).toEqual({ type: "connecting", step: "transport", isSlow: true });
  expect(run([reached({ type: "connected", interrupted: false }), { type: "slow" }], slow).phase.type).toBe("live");
});

it("keeps the countdown's start and the picture over an interruption", () => {
  const { phase } = run([
    reached({ type: "connected", interrupted: false }, 1000),
    { type: "first-picture" },
    reached({ type: "connected", interrupted: true }, 5000),
  ]);
  expect(phase).toEqual({ type: "live", sinceMs: 1000, interrupted: true, hasPicture: true });
});

it("says why the server ended the stream", () => {
  const ended = (message: string | undefined): StreamState =>
    run([reached({ type: "closed", reason: { type: "ended-by-server", message } })]);
  expect([ended("Time is up.").phase, ended(undefined).phase]).toEqual([
    { type: "idle", note: "Time is up.", problem: undefined },
    { type: "idle", note: "The server ended the stream.", problem: undefined },
  ]);
});

it("shows a card for a camera, a toast for a refusal, and a note for a connection that broke", () => {
  const failed = (error: ClientError): StreamAction => reached({ type: "closed", reason: { type: "failed", error } });
  const denied = run([failed(new ClientError("permission_denied", "No."))]);
  expect([denied.phase, denied.toasts]).toMatchObject([{ problem: { wayOut: "retry" } }, []]);
  const refusal = { code: "concurrency_limit_reached", limit: 2, message: undefined };
  expect(run([failed(new ClientError("refused", "No.", { refusal }))])).toMatchObject({
    phase: { type: "idle", problem: undefined, note: "Not connected" },
    toasts: [{ tone: "error", text: "All 2 places are taken. Try again in a moment." }],
  });
  const lost = run([
    reached({ type: "connected", interrupted: false }),
    failed(new ClientError("connection_lost", "Gone.")),
  ]);
  expect([lost.phase, lost.toasts]).toMatchObject([{ type: "idle", note: "Gone." }, []]);
});

it("a camera that is plugged in clears the card that asks for one", () => {
  const error = new ClientError("no_device", "No.");
  const { phase } = run([reached({ type: "closed", reason: { type: "failed", error } }), { type: "devices-changed" }]);
  expect(phase).toEqual({ type: "idle", note: undefined, problem: undefined });
});

it("errors of the handler stay on the screen after the end, until the next start", () => {
  const ended = run([
    { type: "message", message: { type: "error", data: "division by zero" }, atMs: 0 },
    { type: "message", message: { type: "log", data: "pause_detected" }, atMs: 0 },
    reached({ type: "closed", reason: { type: "closed-here" } }),
  ]);
  expect(ended.toasts).toMatchObject([{ text: "division by zero" }]);
  expect(run([{ type: "start" }], ended).toasts).toEqual([]);
});

it("keeps what was said, takes corrections in their place, and remembers it when the stream is over", () => {
  const said = (text: string, id?: string): StreamAction => ({
    type: "message",
    atMs: 0,
    message: { type: "transcript", data: { role: "user", text, ...(id !== undefined && { id }) } },
  });
  const { captions } = run([
    said("one"),
    said("tw", "a"),
    said("two", "a"),
    said("three"),
    reached({ type: "closed", reason: { type: "closed-here" } }),
  ]);
  expect(captions.map(({ text }) => text)).toEqual(["one", "two", "three"]);
  const many = run(Array.from({ length: 60 }, (_, index) => said(String(index))));
  expect([many.captions.length, many.captions[0]?.text]).toEqual([50, "10"]);
});

it("shows what is waited for until it is done, and each stop word anew", () => {
  const told = (message: ConnectionEvents["message"]): StreamAction => ({ type: "message", message, atMs: 0 });
  const waiting = run([told({ type: "progress", data: { text: "Loading", value: 0.5 } })]);
  expect(waiting.progress).toEqual({ text: "Loading", value: 0.5 });
  expect(run([told({ type: "progress", data: null })], waiting).progress).toBeUndefined();
  const heard = told({ type: "stopword", data: "hello" });
  expect(run([heard, heard]).stopWord).toEqual({ text: "hello", count: 2 });
});

it("tells how long after the pause the answer began", () => {
  const at = (data: string, atMs: number): StreamAction => ({ type: "message", message: { type: "log", data }, atMs });
  const paused = run([at("started_talking", 0), at("pause_detected", 1000)]);
  expect(paused.turn).toEqual({ pausedAtMs: 1000, answerMs: undefined });
  const answered = run([at("response_starting", 1300), at("response_starting", 1900)], paused);
  expect(answered.turn).toEqual({ pausedAtMs: 1000, answerMs: 300 });
  expect(run([at("response_starting", 5)]).turn).toBeUndefined();
});

function run(actions: readonly StreamAction[], from = initialState()): StreamState {
  return actions.reduce(reduce, from);
}

function reached(state: ConnectionEvents["state"], atMs = 0): StreamAction {
  return { type: "state", state, atMs, problemOf: (error) => deviceProblem(error, "camera", {}) };
}
