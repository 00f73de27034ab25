import type { ChatMessage } from "fastrtc";
import { connectPeer } from "fastrtc/testing";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { startLocalClaude } from "../../examples/local/local-claude.ts";
import { startLocalOpenAi } from "../../examples/local/local-openai.ts";
import { heardMs, outputsOf, say, sayOver, waitUntil } from "./example-call.ts";

const ears = await startLocalOpenAi();
const claude = await startLocalClaude();
process.env["OPENAI_BASE_URL"] = ears.url;
process.env["ANTHROPIC_API_KEY"] = "test";
process.env["ANTHROPIC_BASE_URL"] = claude.url;
const { stream } = await import("../../examples/talk-to-claude.ts");

vi.setConfig({ testTimeout: 90_000 }); // Conversations take their time.

beforeEach(() => {
  ears.heard = "What time is it?";
  claude.received.length = 0;
});
afterAll(async () => {
  await ears[Symbol.asyncDispose]();
  await claude[Symbol.asyncDispose]();
});

const QUESTION = { role: "user", content: "What time is it?" };
const ANSWER = { role: "assistant", content: "I heard: What time is it. I am only a stand-in, and have no model." };

/** Connects a page, which sends the history that it shows whenever it is asked for its inputs. */
async function openPage() {
  const peer = await connectPeer(stream, { time: "real" });
  let answered = 0;
  const answering = setInterval(() => {
    const asked = peer.messages.filter(({ value }) => value.type === "send_input").length;
    if (asked === answered) return;
    answered = asked;
    void peer.setInput((outputsOf(peer).at(-1) ?? []) as readonly ChatMessage[]);
  }, 10);
  return Object.assign(peer, { stop: () => clearInterval(answering) });
}

test("the history is an output, and comes back as input with the next question", async () => {
  await using page = await openPage();
  await say(page, "What time is it?");
  await waitUntil(page, () => page.outputs.length === 2);
  expect(outputsOf(page)).toEqual([[QUESTION], [QUESTION, ANSWER]]);
  expect(heardMs(page)).toBeGreaterThan(1500);
  await waitUntil(page, () => page.connectedMs - (page.heard.sounds().at(-1)?.toMs ?? 0) > 500);
  await say(page, "And now?");
  await waitUntil(page, () => claude.received.length === 2);
  page.stop();
  expect(claude.received).toMatchObject([
    { messages: [QUESTION], max_tokens: 1024 },
    { messages: [QUESTION, ANSWER, QUESTION] },
  ]);
  expect(page.errors).toEqual([]);
});

test.each([
  ["wrong-key", "Claude does not accept the key: set ANTHROPIC_API_KEY to a valid one. It says: invalid x-api-key"],
  [
    "too-many-requests",
    "Claude takes no more requests for now: try again later. It says: This request would exceed your organization's rate limit.",
  ],
  ["hang-up", "Claude broke off: Overloaded."],
] as const)("%s is told in a sentence", async (mishap, sentence) => {
  await using page = await openPage();
  claude.mishap = mishap;
  await say(page, "What time is it?");
  await waitUntil(page, () => page.errors.length > 0);
  page.stop();
  expect(page.errors).toEqual([sentence]);
});

test("spoken over, it falls silent and the request to Claude is given up", async () => {
  await using page = await openPage();
  await say(page, "What time is it?");
  await waitUntil(page, () => heardMs(page) > 300);
  const { silentFromMs, lastWordMs } = await sayOver(page, "No, wait, that is not what I wanted to know.");
  page.stop();
  expect(silentFromMs).toBeLessThan(lastWordMs);
  expect(outputsOf(page)).not.toContainEqual([QUESTION, ANSWER]);
  expect(page.errors).toEqual([]);
});
