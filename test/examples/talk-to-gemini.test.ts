import { VideoFrame } from "fastrtc";
import { connectPeer } from "fastrtc/testing";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { startLocalGeminiLive } from "../../examples/local/local-gemini-live.ts";
import { heardMs, say, sayOver, waitUntil } from "./example-call.ts";

const service = await startLocalGeminiLive();
process.env["GEMINI_API_KEY"] = "test";
process.env["GEMINI_BASE_URL"] = service.url;
const { stream } = await import("../../examples/talk-to-gemini.ts");
const { stream: audioVideo } = await import("../../examples/gemini-audio-video.ts");

vi.setConfig({ testTimeout: 90_000 }); // Conversations take their time.

beforeEach(() => {
  service.heard = "What time is it?";
  service.received.length = 0;
});
afterAll(() => service[Symbol.asyncDispose]());

test("a question is answered by Gemini's voice, and spoken over it falls silent", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  await say(caller, "What time is it?");
  await waitUntil(caller, () => heardMs(caller) > 500);
  expect(service.received).toMatchObject([
    {
      setup: {
        model: expect.stringMatching(/^models\//) as unknown,
        generationConfig: { responseModalities: ["AUDIO"] },
      },
    },
  ]);
  const { silentFromMs, lastWordMs } = await sayOver(caller, "No, wait, that is not what I wanted to know.");
  expect(silentFromMs).toBeLessThan(lastWordMs);
  expect(caller.errors).toEqual([]);
});

test("the camera is shown to Gemini once a second, as JPEG, and its pictures go back to the page", async () => {
  await using caller = await connectPeer(audioVideo, { time: "real" });
  await waitUntil(caller, () => service.received.length > 0);
  const grey = VideoFrame.from(new Uint8Array(320 * 240).fill(90), { format: "gray8", width: 320, height: 240 });
  await Promise.all([
    caller.sendVideo(
      Array.from({ length: 45 }, () => grey),
      { fps: 15 },
    ),
    say(caller, "What do you see?"),
  ]);
  const pictures = service.received.slice(1) as { realtimeInput: { video: { data: string } } }[];
  expect(pictures.length).toBeGreaterThanOrEqual(2);
  expect(pictures.length).toBeLessThanOrEqual(4);
  for (const { realtimeInput } of pictures) {
    expect([...Buffer.from(realtimeInput.video.data, "base64").subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  }
  expect(caller.seen.length).toBeGreaterThan(10);
  await waitUntil(caller, () => heardMs(caller) > 500);
  expect(caller.errors).toEqual([]);
});

test.each([
  [
    "wrong-key",
    "Gemini does not accept the key: set GEMINI_API_KEY to a valid one. It says: API key not valid. Please pass a valid API key.",
  ],
  [
    "too-many-requests",
    "Gemini takes no more requests for now: try again later. It says: You exceeded your current quota.",
  ],
] as const)("%s ends the call with a sentence", async (mishap, sentence) => {
  service.mishap = mishap;
  await using caller = await connectPeer(stream, { time: "real" });
  await waitUntil(caller, () => caller.ended !== undefined);
  expect(caller.errors).toEqual([sentence]);
});

test("when Gemini closes in the middle of an answer the call ends with a sentence", async () => {
  await using caller = await connectPeer(stream, { time: "real" });
  service.mishap = "hang-up";
  await say(caller, "What time is it?");
  await waitUntil(caller, () => caller.ended !== undefined);
  expect(caller.errors).toEqual(["Gemini closed the connection (1011). Internal error encountered."]);
});

test("a service that is not there ends the call with a sentence", async () => {
  process.env["GEMINI_BASE_URL"] = "http://127.0.0.1:9";
  await using caller = await connectPeer(stream, { time: "real" });
  await waitUntil(caller, () => caller.ended !== undefined);
  process.env["GEMINI_BASE_URL"] = service.url;
  expect(caller.errors).toEqual(["Gemini cannot be reached at 127.0.0.1:9."]);
});
