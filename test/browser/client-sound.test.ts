import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConnectOptions } from "../../src/client/connect-options.ts";
import { type AudioFrame, Stream, StreamHandler } from "../../src/index.ts";
import { writeWav } from "../../src/media/wav.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { sine } from "../support/tones.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { ClientPageServer } from "./client-page.ts";

const MICROPHONE_HZ = 440;
const folder = mkdtempSync(join(tmpdir(), "fastrtc-client-sound-"));
let chromium: LaunchedChromium;

beforeAll(async () => {
  const microphoneFile = join(folder, "microphone.wav");
  writeFileSync(microphoneFile, writeWav(sine(MICROPHONE_HZ, { length: 5 * 48_000, amplitude: 0.4 })));
  chromium = await launchChromium({ microphoneFile, args: ["--autoplay-policy=no-user-gesture-required"] });
});
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Sends back what it hears. */
class Echo extends StreamHandler {
  readonly #heard: AudioFrame[] = [];
  readonly counts: { made: number; frames: number };

  constructor(counts = { made: 0, frames: 0 }) {
    super();
    this.counts = counts;
  }

  receive(frame: AudioFrame): void {
    this.counts.frames += 1;
    this.#heard.push(frame);
  }

  emit(): AudioFrame | null {
    return this.#heard.shift() ?? null;
  }

  copy(): Echo {
    this.counts.made += 1;
    return new Echo(this.counts);
  }
}

interface Shown {
  readonly state: string;
  readonly interrupted: boolean | undefined;
  readonly transport: string | undefined;
  /** The loudest frequency of what comes back, in Hz; 0 for silence. */
  readonly frequency: number;
  readonly messages: readonly string[];
  readonly codecs: readonly string[];
  readonly roundTripMs: number | undefined;
}

declare global {
  // Lives in the page.
  var sound: {
    shown(): Shown;
    setMuted(isMuted: boolean): void;
    send(text: string): void;
    breakOff(): void;
    close(): void;
  };
}

type PageOptions = Pick<ConnectOptions, "transport"> & { readonly isUdpBlocked?: boolean };

async function open(server: ClientPageServer, options: PageOptions): Promise<Page> {
  const page = await chromium.browser.newPage();
  await page.goto(server.url);
  await page.evaluate(({ isUdpBlocked, ...given }) => {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const sockets: WebSocket[] = [];
    const connection = globalThis.connect("/rtc", {
      modality: "audio",
      media: { audio },
      browser: {
        // A relay that there is none of: no path is ever found, as where UDP is blocked.
        createPeerConnection: (configuration) =>
          new RTCPeerConnection({ ...configuration, ...(isUdpBlocked && { iceTransportPolicy: "relay" }) }),
        createWebSocket: (url) => {
          const socket = new WebSocket(url);
          sockets.push(socket);
          return socket;
        },
      },
      ...given,
    });
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    let source: MediaStreamAudioSourceNode | undefined;
    connection.on("output", (stream) => {
      const element = new Audio();
      element.srcObject = stream;
      void element.play();
      source?.disconnect();
      source = context.createMediaStreamSource(stream);
      source.connect(analyser);
    });
    const messages: string[] = [];
    connection.on("message", (message) => messages.push(JSON.stringify(message)));
    let stats: { codecs: readonly string[]; roundTripMs: number | undefined } | undefined;
    connection.on("stats", (reading) => (stats = reading));
    globalThis.sound = {
      shown: () => {
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        const loudest = bins.indexOf(Math.max(...bins));
        const isSound = (bins[loudest] ?? -Infinity) > -50;
        const { state } = connection;
        return {
          state: state.type,
          interrupted: state.type === "connected" ? state.interrupted : undefined,
          transport: connection.transport,
          frequency: isSound ? (loudest * context.sampleRate) / analyser.fftSize : 0,
          messages,
          codecs: stats?.codecs ?? [],
          roundTripMs: stats?.roundTripMs,
        };
      },
      setMuted: (isMuted) => connection.setMuted("audio", isMuted),
      send: (text) => connection.send(text),
      // What the client hears when a network goes away: the end, without a word of the server's.
      breakOff: () => {
        const socket = sockets.at(-1);
        socket?.dispatchEvent(new CloseEvent("close", { code: 1006, wasClean: false }));
      },
      close: () => connection.close(),
    };
  }, options);
  return page;
}

async function until(page: Page, check: (shown: Shown) => boolean): Promise<Shown> {
  let shown: Shown | undefined;
  await expect
    .poll(
      async () => {
        shown = await page.evaluate(() => globalThis.sound.shown());
        return check(shown) || shown;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  if (!shown) throw new Error("The page showed nothing.");
  return shown;
}

const hears = ({ frequency }: Shown): boolean => Math.abs(frequency - MICROPHONE_HZ) < 12;

interface Served extends AsyncDisposable {
  readonly server: ClientPageServer;
  readonly stream: Stream;
  readonly handler: Echo;
}

async function serve(): Promise<Served> {
  const handler = new Echo();
  const audio = new Stream({ modality: "audio", handler, logger: new RecordingLogger(), concurrencyLimit: 1 });
  const stream: unknown = audio;
  const server = await ClientPageServer.start(stream as Stream);
  return { server, stream: stream as Stream, handler, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("sound over a WebSocket", () => {
  test("comes back; muted it is silent; texts go to the handler; close frees the place", async () => {
    await using served = await serve();
    const { server, stream } = served;
    const page = await open(server, { transport: "websocket" });
    const shown = await until(page, (now) => hears(now) && now.roundTripMs !== undefined);
    expect([shown.transport, shown.state, shown.codecs]).toEqual(["websocket", "connected", ["L16"]]);
    await page.evaluate(() => globalThis.sound.setMuted(true));
    await until(page, ({ frequency }) => frequency === 0);
    await page.evaluate(() => globalThis.sound.setMuted(false));
    await until(page, hears);
    await page.evaluate(() => globalThis.sound.send("hello"));
    await until(page, ({ messages }) => messages.includes('{"type":"log","data":"Server received: hello"}'));
    await page.evaluate(() => globalThis.sound.close());
    await expect.poll(() => stream.health().sessions).toBe(0);
    await page.close();
  });

  test("goes on with the same handler over another one when the first breaks off", async () => {
    await using served = await serve();
    const { server, stream, handler } = served;
    const page = await open(server, { transport: "websocket" });
    await until(page, hears);
    const { made } = handler.counts;
    await page.evaluate(() => globalThis.sound.breakOff());
    await until(page, ({ interrupted }) => interrupted === false);
    await until(page, hears);
    expect([handler.counts.made, stream.health().sessions]).toEqual([made, 1]);
    await page.close();
  });
});

test("the built-in page does the same in a browser without WebRTC, under its own security policy", async () => {
  const handler = new Echo();
  const stream = new Stream({ modality: "audio", handler, logger: new RecordingLogger() });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  const page = await chromium.browser.newPage();
  await page.addInitScript("delete globalThis.RTCPeerConnection");
  await page.goto(server.url);
  await page
    .getByRole("button", { name: /record|start|talk|microphone/i })
    .first()
    .click();
  await expect.poll(() => handler.counts.frames).toBeGreaterThan(20);
  expect(stream.health().connected).toBe(1);
  await page.close();
  await server.close();
});

test("where UDP finds no way a stream of sound goes over a WebSocket, with the only place that there is", async () => {
  await using served = await serve();
  const { server, stream } = served;
  const page = await open(server, { isUdpBlocked: true });
  const shown = await until(page, hears);
  expect([shown.transport, stream.health().sessions]).toEqual(["websocket", 1]);
  await page.close();
});
