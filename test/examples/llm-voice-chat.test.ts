import { connectPeer, speak } from "fastrtc/testing";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { startLocalOpenAi } from "../../examples/local/local-openai.ts";
import { heardMs, outputsOf, say, sayOver, waitUntil } from "./example-call.ts";

const service = await startLocalOpenAi();
process.env["OPENAI_API_KEY"] = "test";
process.env["OPENAI_BASE_URL"] = service.url;
const { stream } = await import("../../examples/llm-voice-chat.ts");

vi.setConfig({ testTimeout: 90_000 }); // Conversations take their time.

beforeEach(() => {
  service.heard = "What time is it?";
  service.received.length = 0;
});
afterAll(() => service[Symbol.asyncDispose]());

const QUESTION = { role: "user", content: "What time is it?" };
const ANSWER = { role: "assistant", content: "I heard: What time is it. I am only a stand-in, and have no model." };
const INSTRUCTIONS = { role: "system", content: expect.stringContaining("read aloud") as unknown };

test("a question is answered by voice, and the model knows what was said before", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.outputs.length === 2);
  expect(outputsOf(caller)).toEqual([QUESTION, ANSWER]);
  expect(heardMs(caller)).toBeGreaterThan(1500);
  await waitUntil(caller, () => caller.connectedMs - (caller.heard.sounds().at(-1)?.toMs ?? 0) > 500);
  await say(caller, "And now?");
  await waitUntil(caller, () => caller.outputs.length === 3);
  await waitUntil(caller, () => service.received.length === 2);
  expect(service.received).toMatchObject([
    { messages: [INSTRUCTIONS, QUESTION] },
    { messages: [INSTRUCTIONS, QUESTION, ANSWER, QUESTION] },
  ]);
  expect(caller.errors).toEqual([]);
});

test("spoken over, it falls silent, and the model is told that it was interrupted", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  await say(caller, "What time is it?");
  await waitUntil(caller, () => heardMs(caller) > 300);
  const { silentFromMs, lastWordMs } = await sayOver(caller, "No, wait, that is not what I wanted to know.");
  expect(silentFromMs).toBeLessThan(lastWordMs);
  await waitUntil(caller, () => service.received.length === 2);
  const { messages } = service.received[1] as { messages: readonly { role: string; content: string }[] };
  expect(messages.at(-2)).toEqual({
    role: "assistant",
    content: expect.stringMatching(/^I heard: .* \(interrupted by the user\)$/s) as unknown,
  });
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
  ["hang-up", "OpenAI hung up in the middle of its answer."],
] as const)("%s is told in a sentence, and the next question is answered", async (mishap, sentence) => {
  await using caller = await connectPeer(stream, { time: "real" });
  service.mishap = mishap;
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.errors.length > 0);
  expect(caller.errors).toEqual([sentence]);
  const before = heardMs(caller);
  await waitUntil(caller, () => caller.connectedMs - (caller.heard.sounds().at(-1)?.toMs ?? 0) > 500);
  await say(caller, "What time is it?");
  await waitUntil(caller, () => heardMs(caller) > before + 300);
});

test("without espeak-ng the peer is told what to install", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  const question = await speak("What time is it?");
  vi.stubEnv("PATH", "");
  await caller.sendAudio(question);
  await waitUntil(caller, () => caller.errors.length > 0);
  vi.unstubAllEnvs();
  expect(caller.errors).toEqual([
    "The program espeak-ng is not installed. Install it (apt-get install espeak-ng, brew install espeak-ng, winget install " +
      "espeak-ng), or use another voice.",
  ]);
});
