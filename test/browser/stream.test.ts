import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Stream, type VideoFrame, getCurrentContext } from "../../src/index.ts";
import type { LaunchedServer } from "../../src/server/launch.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type CallState, callState, callUntil, startCall } from "./call.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import type { VideoStreamOptions } from "./video-stream-options.ts";

let chromium: LaunchedChromium;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium[Symbol.asyncDispose]());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Has something done when the test is over; tests that run at the same time have a list each. */
type AtEnd = (cleanup: () => Promise<void>) => void;
const afterTest: AtEnd = (cleanup) => void cleanups.push(cleanup);

async function serve(
  options: VideoStreamOptions = {},
  atEnd = afterTest,
): Promise<{ stream: Stream; server: LaunchedServer; logger: RecordingLogger }> {
  const logger = new RecordingLogger();
  const stream = new Stream({
    handler: (frame: VideoFrame) => frame.flip("vertical"),
    modality: "video",
    logger,
    ...options,
  });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  atEnd(() => server.close());
  return { stream, server, logger };
}

async function open(url: string, atEnd = afterTest): Promise<Page> {
  const page = await chromium.browser.newPage();
  atEnd(() => page.close());
  await page.goto(`${url}/healthz`); // A page of the same origin that does nothing itself.
  return page;
}

/** Why a session ends whose peer says nothing, after ten seconds at most: `transports/webrtc/peer-liveness.test.ts`. */
const SOON_NOTICED = "peer-silent";

/** Resolves when `check` holds; it is asked again after each turn of real time that the page needs for a frame. */
async function until(page: Page, check: () => boolean): Promise<void> {
  while (!check()) await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
}

const near = (color: readonly number[] | undefined, expected: readonly number[]): boolean =>
  color !== undefined && expected.every((value, index) => Math.abs(value - (color[index] ?? -1000)) < 40);

/** Red and green on top went out; flipped, they come back at the bottom. */
const isFlipped = ({ quarters }: CallState): boolean =>
  near(quarters[0], [0, 0, 255]) &&
  near(quarters[1], [255, 255, 255]) &&
  near(quarters[2], [255, 0, 0]) &&
  near(quarters[3], [0, 255, 0]);

describe("a video call from Chromium", () => {
  test.each([
    ["H264/packetization-mode=1;profile-level-id=42e01f", "H264"],
    ["H264/packetization-mode=0;profile-level-id=42e01f", "H264"],
    ["VP8", "VP8"],
  ])("comes back flipped in its colours with %s", async (offered, codec) => {
    const { server } = await serve();
    const page = await open(server.url);
    await startCall(page, { codecs: [offered] });
    const state = await callUntil(page, (now) => isFlipped(now) && now.codec !== undefined);
    expect({ codec: state.codec, width: state.width, height: state.height }).toEqual({
      codec,
      width: 640,
      height: 480,
    });
  });

  test("prefers H.264 when everything is offered, and works with all candidates inside the offer", async () => {
    const { server } = await serve();
    const page = await open(server.url);
    await startCall(page, { trickle: false });
    await callUntil(page, (now) => isFlipped(now) && now.codec === "H264");
  });

  test.each(["VP9", "AV1"])("is refused with a sentence when %s is all it offers", async (codec) => {
    const { server, stream } = await serve();
    const page = await open(server.url);
    await startCall(page, { codecs: [codec] });
    expect((await callState(page)).reply).toEqual({
      status: "failed",
      meta: { error: "unsupported_codec", message: expect.stringContaining(codec) },
    });
    expect(stream.health().sessions).toBe(0);
  });

  test("follows a change of size in the middle, and may come back in another size than it went out", async () => {
    const { server } = await serve({ handler: (frame) => (frame.width === 640 ? frame : frame.resize(160, 120)) });
    const page = await open(server.url);
    await startCall(page);
    await callUntil(page, ({ width, height }) => width === 640 && height === 480);
    await page.evaluate(() => globalThis.call.resize(320, 240));
    await callUntil(page, ({ width, height }) => width === 160 && height === 120);
  });

  test("goes on when its handler throws on every second frame, and is told", async () => {
    let count = 0;
    const { server, logger } = await serve({
      handler: (frame) => {
        count += 1;
        if (count % 2 === 0) throw new Error("every second one");
        return frame.flip("vertical");
      },
    });
    const page = await open(server.url);
    await startCall(page);
    const state = await callUntil(page, (now) => isFlipped(now) && now.messages.some(({ type }) => type === "error"));
    expect(state.messages.find(({ type }) => type === "error")).toEqual({
      type: "error",
      data: "every second one",
      message: "every second one",
    });
    const logged = logger.lines.find(({ level }) => level === "error")?.details[0];
    expect(logged).toBeInstanceOf(Error);
  });

  test("has what it says answered as FastRTC does", async () => {
    const { server } = await serve();
    const page = await open(server.url);
    await startCall(page, { dataOnly: true });
    const state = await callUntil(page, ({ messages }) => messages.length > 0);
    expect(state.messages).toEqual([{ type: "log", data: "Server received: handshake" }]);
  });

  test("is refused with an audio track that nobody listens to, unless extra tracks are allowed", async () => {
    const strict = await serve();
    const page = await open(strict.server.url);
    await startCall(page, { audio: true });
    expect((await callState(page)).reply.meta?.error).toBe("extra_tracks");
    const lenient = await serve({ allowExtraTracks: true });
    const other = await open(lenient.server.url);
    await startCall(other, { audio: true });
    await callUntil(other, isFlipped);
  });
});

describe("a place", () => {
  test("is refused beyond the limit and under an id that is taken, and free again once the call stops", async () => {
    const { server, stream } = await serve({ concurrencyLimit: 1 });
    const [first, second] = [await open(server.url), await open(server.url)];
    await startCall(first, { webrtcId: "one" });
    await callUntil(first, isFlipped);
    await startCall(second, { webrtcId: "two" });
    expect((await callState(second)).reply).toEqual({
      status: "failed",
      meta: { error: "concurrency_limit_reached", limit: 1, message: expect.any(String) },
    });
    await startCall(second, { webrtcId: "one" });
    expect((await callState(second)).reply.meta?.error).toBe("connection_already_exists");
    await first.evaluate(() => globalThis.call.stop());
    await until(second, () => stream.health().sessions === 0);
    await startCall(second, { webrtcId: "one" });
    await callUntil(second, isFlipped);
  });
});

// These wait more than they work, so they do it at the same time.
describe.concurrent("a place", () => {
  test("is free again within ten seconds when the browser is killed", async ({ onTestFinished }) => {
    const doomed = await launchChromium();
    onTestFinished(() => doomed[Symbol.asyncDispose]());
    let signal: AbortSignal | undefined;
    const handler = (frame: VideoFrame): VideoFrame => {
      ({ signal } = getCurrentContext());
      return frame.flip("vertical");
    };
    const { server, stream } = await serve({ handler }, onTestFinished);
    const page = await doomed.browser.newPage();
    await page.goto(`${server.url}/healthz`);
    await startCall(page);
    await callUntil(page, isFlipped);
    await doomed.kill();
    await expect.poll(() => stream.health().sessions, { timeout: 40_000 }).toBe(0);
    expect(signal?.reason).toBe(SOON_NOTICED);
  });

  test("ends with the time limit, and the peer is told why", async ({ onTestFinished }) => {
    const { server, stream } = await serve({ timeLimit: 1 }, onTestFinished);
    const page = await open(server.url, onTestFinished);
    await startCall(page);
    const state = await callUntil(
      page,
      ({ connectionState }) =>
        connectionState !== "connected" && connectionState !== "connecting" && connectionState !== "new",
    );
    expect(state.messages.at(-1)).toEqual({ type: "end_stream", data: "The time limit was reached." });
    expect(stream.health().sessions).toBe(0);
  });

  test("ends with the server, and the peer is told why", async ({ onTestFinished }) => {
    const { server, stream } = await serve({}, onTestFinished);
    const page = await open(server.url, onTestFinished);
    await startCall(page);
    await callUntil(page, isFlipped);
    await server.close();
    const state = await callUntil(page, ({ connectionState }) => connectionState !== "connected");
    expect(state.messages.at(-1)).toEqual({ type: "end_stream", data: "The server is stopping." });
    expect(stream.health().sessions).toBe(0);
  });
});
