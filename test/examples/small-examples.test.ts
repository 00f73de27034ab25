import { VideoFrame } from "fastrtc";
import { connectPeer, speak } from "fastrtc/testing";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startLocalOpenAi } from "../../examples/local/local-openai.ts";
import { heardMs, outputsOf, say, waitUntil } from "./example-call.ts";

const service = await startLocalOpenAi();
process.env["OPENAI_API_KEY"] = "test";
process.env["OPENAI_BASE_URL"] = service.url;

vi.setConfig({ testTimeout: 90_000 }); // Conversations take their time.

beforeEach(() => {
  service.heard = undefined;
  service.received.length = 0;
});
afterAll(() => service[Symbol.asyncDispose]());

test("echo-voice says again what it heard", async () => {
  const { stream } = await import("../../examples/echo-voice.ts");
  await using caller = await connectPeer(stream);
  const words = await speak("What time is it?");
  await caller.sendAudio(words);
  await waitUntil(caller, () => heardMs(caller) > words.durationMs * 0.6);
  expect(caller.turns.map(({ type }) => type)).toEqual(["started_talking", "pause_detected", "response_starting"]);
});

test("hello-computer answers nothing before it heard its stop word", async () => {
  const { stream } = await import("../../examples/hello-computer.ts");
  await using caller = await connectPeer(stream, { time: "real" });
  service.heard = "Nothing of interest.";
  await say(caller, "This is nothing of interest.");
  const quietUntilMs = caller.connectedMs + 1500;
  await waitUntil(caller, () => caller.connectedMs > quietUntilMs);
  expect([caller.turns, heardMs(caller)]).toEqual([[], 0]);
  service.heard = "Hello, Computer! What time is it?";
  await say(caller, "Hello computer, what time is it?");
  await waitUntil(caller, () => heardMs(caller) > 500);
  expect(caller.turns.map(({ type }) => type).slice(0, 2)).toEqual(["stopword", "started_talking"]);
  expect(outputsOf(caller)[0]).toEqual({ role: "user", content: "Hello, Computer! What time is it?" });
});

test("live-transcription writes down each sentence and sends no sound", async () => {
  const { stream } = await import("../../examples/live-transcription.ts");
  await using caller = await connectPeer(stream, { time: "real" });
  service.heard = "What time is it?";
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.outputs.length === 1);
  service.heard = "It is late.";
  await say(caller, "It is late, I believe.");
  await waitUntil(caller, () => caller.outputs.length === 2);
  expect([outputsOf(caller), heardMs(caller)]).toEqual([["What time is it?", "It is late."], 0]);
});

test("live-transcription: nothing is lost of what is said while a sentence is written down", async () => {
  const { stream } = await import("../../examples/live-transcription.ts");
  await using caller = await connectPeer(stream, { time: "real" });
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.turns.some(({ type }) => type === "pause_detected"));
  await say(caller, "And how late was it yesterday, at this time?");
  await waitUntil(caller, () => caller.outputs.length === 2);
  expect(caller.errors).toEqual([]);
});

test("voice-text-editor shows the model the text and what was said, and gives the new text while it is written", async () => {
  const { stream } = await import("../../examples/voice-text-editor.ts");
  await using caller = await connectPeer(stream, { time: "real" });
  service.heard = "Make it shorter.";
  const answering = setInterval(() => void caller.setInput("Dear Sir or Madam"), 200);
  await say(caller, "Make it shorter.");
  await waitUntil(caller, () => String(outputsOf(caller).at(-1)).includes("have no model."));
  clearInterval(answering);
  expect(service.received).toMatchObject([
    {
      messages: [{ role: "system" }, { content: "The text:\nDear Sir or Madam\n\nThe instruction: Make it shorter." }],
    },
  ]);
  expect(caller.outputs.length).toBeGreaterThan(3);
  expect([caller.errors, heardMs(caller)]).toEqual([[], 0]);
});

describe("send-text-or-audio", () => {
  test("answers speech, and a text that was sent, by voice", async () => {
    const { stream } = await import("../../examples/send-text-or-audio.ts");
    await using caller = await connectPeer(stream, { time: "real" });
    await caller.setInput("Good morning, how are you today?");
    await waitUntil(caller, () => heardMs(caller) > 1000);
    await waitUntil(caller, () => caller.connectedMs - (caller.heard.sounds().at(-1)?.toMs ?? 0) > 500);
    const writtenMs = heardMs(caller);
    await say(caller, "What time is it?");
    await waitUntil(caller, () => heardMs(caller) > writtenMs + 800);
    expect(caller.errors).toEqual([]);
  });
});

test("phone-chat greets whoever calls, and answers a question on the telephone", async () => {
  const { stream } = await import("../../examples/phone-chat.ts");
  await using caller = await connectPeer(stream, { time: "real", transport: "telephone" });
  await waitUntil(caller, () => heardMs(caller) > 1000);
  await waitUntil(caller, () => caller.connectedMs - (caller.heard.sounds().at(-1)?.toMs ?? 0) > 500);
  const greetedMs = heardMs(caller);
  await say(caller, "What time is it?");
  await waitUntil(caller, () => heardMs(caller) > greetedMs + 500);
  expect(service.received).toHaveLength(1);
  expect(caller.errors).toEqual([]);
});

test("object-detection draws a box around what moves, and says how many there are", async () => {
  const { stream } = await import("../../examples/object-detection.ts");
  await using caller = await connectPeer(stream);
  const background = VideoFrame.from(new Uint8Array(640 * 480).fill(40), { format: "gray8", width: 640, height: 480 });
  const thing = VideoFrame.from(new Uint8Array(100 * 100).fill(230), { format: "gray8", width: 100, height: 100 });
  await caller.sendVideo([background, background.overlay(thing, { x: 200, y: 100 })], { fps: 10 });
  await caller.advance(200);
  expect(outputsOf(caller)).toEqual([0, 1]);
  const pixels = caller.seen.at(-1)?.value.to("rgb24") ?? [];
  const [red = 0, green = 0, blue = 0] = pixels.slice((102 * 640 + 250) * 3); // On the upper edge.
  expect(green - Math.max(red, blue)).toBeGreaterThan(100);
  await caller.setInput(0.9);
  await caller.sendVideo([background], { fps: 10 });
  await caller.advance(200);
  expect(outputsOf(caller)).toEqual([0, 1, 0]);
});
