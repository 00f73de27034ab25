import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { AudioFrame, AudioVideoStreamHandler, Stream, VideoFrame } from "../../src/index.ts";
import { writeWav } from "../../src/media/wav.ts";
import type { PeerHandler } from "../../src/session/peer-handler.ts";
import { sine } from "../support/tones.ts";
import { audioCallState, audioCallUntil, startAudioCall } from "./audio-call.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { AMPLITUDE, expectTone, hearsTone } from "./heard-tone.ts";
import { SessionServer, type SessionServerOptions } from "./session-server.ts";

/** While a generator of eight seconds has something to say. */
const RECORDINGS_OF_GENERATORS = 12;

const folder = mkdtempSync(join(tmpdir(), "fastrtc-audio-"));
const browsers = new Map<number, LaunchedChromium>();
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  for (const frequency of [440, 1000]) {
    const microphoneFile = join(folder, `${frequency}.wav`);
    writeFileSync(microphoneFile, writeWav(sine(frequency, { length: 5 * 48_000, amplitude: AMPLITUDE })));
    const args = ["--autoplay-policy=no-user-gesture-required"];
    browsers.set(frequency, await launchChromium({ microphoneFile, args }));
  }
});
afterAll(async () => {
  for (const chromium of browsers.values()) await chromium[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Has something done when the test is over; tests that run at the same time have a list each. */
type AtEnd = (cleanup: () => Promise<void>) => void;
const afterTest: AtEnd = (cleanup) => void cleanups.push(cleanup);

async function newPage(frequency: number, atEnd: AtEnd): Promise<Page> {
  const page = await browsers.get(frequency)?.browser.newPage();
  if (!page) throw new Error(`No browser hears ${frequency} Hz.`);
  atEnd(() => page.close());
  return page;
}

async function open(
  options: SessionServerOptions,
  { frequency = 440, atEnd = afterTest }: { frequency?: number; atEnd?: AtEnd } = {},
): Promise<{ page: Page; server: SessionServer }> {
  const server = await SessionServer.start(options);
  atEnd(() => server[Symbol.asyncDispose]());
  const page = await newPage(frequency, atEnd);
  await page.goto(server.url);
  return { page, server };
}

const echo = (): PeerHandler => ({
  async *audio(frames) {
    yield* frames;
  },
});

/** Keeps what it hears, and says nothing. */
const listener = (heard: AudioFrame[]): PeerHandler => ({
  // oxlint-disable-next-line require-yield -- it only listens
  async *audio(frames) {
    for await (const frame of frames) heard.push(frame);
  },
});

const isSilence = (frame: AudioFrame): boolean => frame.samples.every((sample) => sample === 0);

/** Opens a page that a Stream serves, of the same origin, that does nothing itself. */
async function openOf(
  stream: Pick<Stream, "ui">,
  { frequency = 440, atEnd = afterTest }: { frequency?: number; atEnd?: AtEnd } = {},
): Promise<Page> {
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  atEnd(() => server.close());
  const page = await newPage(frequency, atEnd);
  await page.goto(`${server.url}/healthz`);
  return page;
}

/** Sends back what it takes, sound at 24 kHz. */
class Echo extends AudioVideoStreamHandler {
  readonly #sound: AudioFrame[] = [];
  #picture: VideoFrame | null = null;

  constructor() {
    super({ inputSampleRate: 24_000, outputSampleRate: 24_000 });
  }
  copy(): Echo {
    return new Echo();
  }
  receive(frame: AudioFrame): void {
    this.#sound.push(frame);
  }
  emit(): AudioFrame | null {
    return this.#sound.shift() ?? null;
  }
  videoReceive(frame: VideoFrame): void {
    this.#picture = frame;
  }
  videoEmit(): VideoFrame | null {
    const picture = this.#picture;
    this.#picture = null;
    return picture;
  }
}

/** A tone and a grey picture, from nothing. */
class Broadcast extends AudioVideoStreamHandler {
  #begin = 0;

  copy(): Broadcast {
    return new Broadcast();
  }
  receive(): void {}
  emit(): AudioFrame {
    const tone = sine(440, { sampleRate: 24_000, length: 480, begin: this.#begin, amplitude: AMPLITUDE });
    this.#begin += 480;
    return tone;
  }
  videoReceive(): void {}
  videoEmit(): VideoFrame {
    const pixels = new Uint8Array((640 * 480 * 3) / 2).fill(128);
    return VideoFrame.from(pixels, { format: "i420", width: 640, height: 480 });
  }
}

describe("sound from Chromium's microphone", () => {
  test.each([440, 1000])("comes back at %i Hz and as loud as it went", async (frequency) => {
    const { page } = await open({ modality: "audio", mode: "send-receive", handler: echo }, { frequency });
    await startAudioCall(page);
    await hearsTone(page, frequency);
  });

  test("comes back when the handler works at 24 kHz and in pieces of another length", async () => {
    const { page } = await open({
      modality: "audio",
      mode: "send-receive",
      handler: () => ({
        async *audio(frames) {
          for await (const frame of frames) {
            const every2nd = frame.toInt16().filter((_, index) => index % 2 === 0);
            yield new AudioFrame({ samples: every2nd.subarray(0, 100), sampleRate: 24_000 });
            yield new AudioFrame({ samples: every2nd.subarray(100), sampleRate: 24_000 });
          }
        },
      }),
    });
    await startAudioCall(page);
    await hearsTone(page, 440);
  });

  test("comes back in stereo where the page asks for it", async () => {
    const channels = new Set<number>();
    const { page } = await open({
      modality: "audio",
      mode: "send-receive",
      handler: () => ({
        async *audio(frames) {
          for await (const frame of frames) {
            channels.add(frame.channels);
            yield frame;
          }
        },
      }),
    });
    await startAudioCall(page, { opus: "stereo=1;sprop-stereo=1" });
    await hearsTone(page, 440);
    expect([...channels]).toEqual([2]);
  });

  test("is heard by a handler that only listens", async () => {
    const heard: AudioFrame[] = [];
    const { page } = await open({
      modality: "audio",
      mode: "send",
      handler: () => listener(heard),
    });
    await startAudioCall(page, { direction: "sendonly" });
    await audioCallUntil(page, () => heard.length > 75);
    const samples = heard.slice(25, 75).flatMap((frame) => [...frame.toFloat32()]);
    expectTone(samples, 440);
    expect((await audioCallState(page)).reply.sdp).toContain("a=recvonly");
  });

  test("goes on as silence while the page sends none", async () => {
    const heard: AudioFrame[] = [];
    const { page } = await open({
      modality: "audio",
      mode: "send",
      handler: () => listener(heard),
    });
    await startAudioCall(page, { direction: "sendonly" });
    await audioCallUntil(page, () => heard.length > 25);
    await page.evaluate(() => globalThis.audioCall.stopMicrophone());
    const count = heard.length;
    await audioCallUntil(page, () => heard.length > count + 100 && heard.slice(-50).every(isSilence));
  });

  test("goes on as silence, hardly a packet being sent, where the page asks for discontinuous transmission", async () => {
    const heard: AudioFrame[] = [];
    const { page } = await open({ modality: "audio", mode: "send", handler: () => listener(heard) });
    await startAudioCall(page, { direction: "sendonly", opus: "usedtx=1" });
    await audioCallUntil(page, () => heard.length > 25);
    await page.evaluate(() => globalThis.audioCall.mute(true));
    // It takes Opus some 400 ms of silence until it trusts it.
    await audioCallUntil(page, () => heard.slice(-20).every(isSilence));
    const [count, { packetsSent }] = [heard.length, await audioCallState(page)];
    const later = await audioCallUntil(page, () => heard.length > count + 150);
    expect(later.packetsSent - packetsSent).toBeLessThan(50);
    await page.evaluate(() => globalThis.audioCall.mute(false));
    await audioCallUntil(page, () => heard.slice(-20).every((frame) => !isSilence(frame)));
  });

  test("is refused when PCMU is all that is offered", async () => {
    const { page, server } = await open({ modality: "audio", mode: "send-receive", handler: echo });
    await startAudioCall(page, { codec: "PCMU" });
    expect((await audioCallState(page)).reply).toEqual({
      status: "failed",
      meta: { error: "unsupported_codec", message: expect.stringContaining("PCMU") },
    });
    expect(server.registry.size).toBe(0);
  });
});

describe("sound beside video", () => {
  test("comes back together with the picture", async () => {
    const { page } = await open({
      modality: "audio-video",
      mode: "send-receive",
      handler: () => ({
        ...echo(),
        async *video(frames) {
          yield* frames;
        },
      }),
    });
    await startAudioCall(page, { video: true });
    await audioCallUntil(page, ({ framesDecoded, width }) => framesDecoded > 10 && width === 640);
    await hearsTone(page, 440);
  });

  test("reaches a handler that only watches and listens", async () => {
    const heard: AudioFrame[] = [];
    let seen = 0;
    const { page } = await open({
      modality: "audio-video",
      mode: "send",
      handler: () => ({
        ...listener(heard),
        // oxlint-disable-next-line require-yield -- it only watches
        async *video(frames) {
          for await (const frame of frames) {
            seen += 1;
            frame.release();
          }
        },
      }),
    });
    await startAudioCall(page, { video: true, direction: "sendonly" });
    await audioCallUntil(page, () => heard.length > 75 && seen > 10);
    const samples = heard.slice(25, 75).flatMap((frame) => [...frame.toFloat32()]);
    expectTone(samples, 440);
  });
});

describe("a Stream", () => {
  test("of audio echoes by a StreamHandler at 24 kHz", async () => {
    const page = await openOf(new Stream({ handler: new Echo(), modality: "audio" }), { frequency: 1000 });
    await startAudioCall(page);
    await hearsTone(page, 1000);
  });

  test("of audio-video echoes both", async () => {
    const page = await openOf(new Stream({ handler: new Echo(), modality: "audio-video" }));
    await startAudioCall(page, { video: true });
    await audioCallUntil(page, ({ framesDecoded, width }) => framesDecoded > 10 && width === 640);
    await hearsTone(page, 440);
  });

  test("of audio-video in mode receive gives both to a page that gives nothing", async () => {
    const page = await openOf(new Stream({ handler: new Broadcast(), modality: "audio-video", mode: "receive" }));
    await startAudioCall(page, { video: true, direction: "recvonly" });
    await audioCallUntil(page, ({ framesDecoded, width }) => framesDecoded > 10 && width === 640);
    await hearsTone(page, 440);
  });
});

// These wait more than they work, so they do it at the same time.
describe.concurrent("a call that takes its time", () => {
  test("is heard by a page that only listens, for as long as it lasts", async ({ onTestFinished }) => {
    const options: SessionServerOptions = {
      modality: "audio",
      mode: "receive",
      handler: () => ({
        async *audio() {
          for (let begin = 0; begin < 8 * 24_000; begin += 2400) {
            yield sine(440, { sampleRate: 24_000, length: 2400, begin, amplitude: AMPLITUDE });
          }
        },
      }),
    };
    const { page, server } = await open(options, { atEnd: onTestFinished });
    await startAudioCall(page, { direction: "recvonly" });
    await hearsTone(page, 440, RECORDINGS_OF_GENERATORS);
    // The last of the sound may come after the message, and before the end of the connection.
    const state = await audioCallUntil(
      page,
      ({ messages, connectionState }) => messages.includes("end_stream") && connectionState !== "connected",
    );
    const { packetsReceived, packetsLost } = state;
    expect(packetsLost).toBe(0);
    expect(Math.abs(packetsReceived * 20 - 8000)).toBeLessThan(200);
    expect(server.registry.size).toBe(0);
  });

  test("of audio in mode receive plays what a generator yields", async ({ onTestFinished }) => {
    const stream = new Stream({
      handler: async function* () {
        for (let begin = 0; begin < 8 * 24_000; begin += 2400) {
          const { sampleRate, samples } = sine(440, { sampleRate: 24_000, length: 2400, begin, amplitude: AMPLITUDE });
          yield [sampleRate, samples] as const;
        }
      },
      modality: "audio",
      mode: "receive",
    });
    const page = await openOf(stream, { atEnd: onTestFinished });
    await startAudioCall(page, { direction: "recvonly" });
    await hearsTone(page, 440, RECORDINGS_OF_GENERATORS);
    await audioCallUntil(page, ({ messages }) => messages.includes("end_stream"));
  });

  test("keeps its place while nobody speaks", async ({ onTestFinished }) => {
    const options: SessionServerOptions = {
      modality: "audio",
      mode: "receive",
      handler: () => ({
        async *audio(_frames, { signal }) {
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          yield sine(440, { length: 1 });
        },
      }),
    };
    const { page, server } = await open(options, { atEnd: onTestFinished });
    await startAudioCall(page, { direction: "recvonly" });
    // One packet every two seconds: more than ten seconds.
    await audioCallUntil(page, ({ packetsReceived }) => packetsReceived > 6);
    expect(server.registry.connectedCount).toBe(1);
  });

  test("has its place free again within ten seconds when the browser is killed", async ({ onTestFinished }) => {
    const doomed = await launchChromium({ args: ["--autoplay-policy=no-user-gesture-required"] });
    onTestFinished(() => doomed[Symbol.asyncDispose]());
    const server = await SessionServer.start({ modality: "audio", mode: "send-receive", handler: echo });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const page = await doomed.browser.newPage();
    await page.goto(server.url);
    await startAudioCall(page);
    await audioCallUntil(page, ({ packetsReceived }) => packetsReceived > 50);
    await doomed.kill();
    await expect.poll(() => server.registry.size, { timeout: 40_000 }).toBe(0);
    // Which is what a peer ends with that says nothing for so long: `transports/webrtc/peer-liveness.test.ts`.
    expect(server.endings).toEqual(["peer-silent"]);
  });
});
