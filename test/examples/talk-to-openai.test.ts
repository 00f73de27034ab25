import { connectPeer, speak } from "fastrtc/testing";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { startLocalOpenAiRealtime } from "../../examples/local/local-openai-realtime.ts";
import { heardMs, outputsOf, say, waitUntil } from "./example-call.ts";

const service = await startLocalOpenAiRealtime();
process.env["OPENAI_API_KEY"] = "test";
process.env["OPENAI_BASE_URL"] = service.url;
const { stream } = await import("../../examples/talk-to-openai.ts");

vi.setConfig({ testTimeout: 90_000 }); // Conversations take their time.

beforeEach(() => {
  service.heard = "What time is it?";
  service.received.length = 0;
});
afterAll(() => service[Symbol.asyncDispose]());

test("a question is answered by OpenAI's voice, both are written down, and the session was set up as documented", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.outputs.length === 2 && heardMs(caller) > 2000);
  expect(outputsOf(caller)).toEqual([
    { role: "user", content: "What time is it?" },
    { role: "assistant", content: "I heard: What time is it. I am only a stand-in, and have no model." },
  ]);
  expect(service.received).toMatchObject([{ type: "session.update", session: { type: "realtime" } }]);
  expect(caller.errors).toEqual([]);
});

test("spoken over, it falls silent, and OpenAI forgets what was not heard", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  await say(caller, "What time is it?");
  await waitUntil(caller, () => heardMs(caller) > 500);
  const startMs = caller.heard.sounds()[0]?.fromMs ?? 0;
  const onsetMs = caller.connectedMs;
  await say(caller, "No, wait, stop!");
  await waitUntil(caller, () => service.received.length === 2);
  const silentFromMs = caller.heard.sounds().findLast(({ fromMs }) => fromMs < onsetMs)?.toMs ?? 0;
  expect(silentFromMs - onsetMs).toBeLessThan(1500);
  const truncate = service.received[1] as { audio_end_ms: number };
  expect(truncate).toMatchObject({ type: "conversation.item.truncate", content_index: 0 });
  // The voice begins and may end with some silence that is not heard as sound.
  expect(Math.abs(truncate.audio_end_ms - (silentFromMs - startMs))).toBeLessThan(500);
  expect(caller.errors).toEqual([]);
});

test.each([
  [
    "wrong-key",
    "OpenAI does not accept the key: set OPENAI_API_KEY to a valid one. It says: Incorrect API key provided.",
  ],
  [
    "too-many-requests",
    "OpenAI takes no more requests for now: try again later. It says: Rate limit reached for requests.",
  ],
] as const)("%s ends the call with a sentence", async (mishap, sentence) => {
  service.mishap = mishap;
  await using caller = await connectPeer(stream, { time: "real" });
  await waitUntil(caller, () => caller.ended !== undefined);
  expect(caller.errors).toEqual([sentence]);
});

test("when OpenAI closes in the middle of an answer the call ends with a sentence", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  service.mishap = "hang-up";
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.ended !== undefined);
  expect(caller.errors).toEqual(["OpenAI closed the connection (1011). The server had an error."]);
});

test("what OpenAI complains of reaches the peer, and the call goes on", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  const question = await speak("What time is it?");
  vi.stubEnv("PATH", ""); // The stand-in has no voice then.
  await caller.sendAudio(question);
  await waitUntil(caller, () => caller.messages.some(({ value }) => value.type === "warning"));
  vi.unstubAllEnvs();
  expect(caller.messages.filter(({ value }) => value.type === "warning").map(({ value }) => value)).toEqual([
    { type: "warning", data: expect.stringMatching(/^OpenAI: The program espeak-ng is not installed\. Install it/) },
  ]);
  expect(caller.ended).toBeUndefined();
});
