import { afterAll, beforeAll, expect, test } from "vitest";
import { Stream, StreamHandler } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { ClientPageServer } from "./client-page.ts";

let chromium: LaunchedChromium;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium[Symbol.asyncDispose]());

class Silent extends StreamHandler {
  receive(): void {}

  emit(): null {
    return null;
  }

  copy(): Silent {
    return new Silent();
  }
}

/** What a page has open. */
interface Open {
  readonly tracks: number;
  readonly contexts: number;
  readonly peers: number;
  readonly sockets: number;
  readonly timers: number;
}

declare global {
  // Live in the page.
  var countOpen: () => Open;
}

/** Runs in the page before all else: keeps an eye on what is opened. */
function watchWhatOpens(): void {
  const tracks: MediaStreamTrack[] = [];
  const contexts: AudioContext[] = [];
  const peers: RTCPeerConnection[] = [];
  const sockets: WebSocket[] = [];
  const timers = new Set<unknown>();
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
  const watched = (name: string, list: object[]): void => {
    const real = Reflect.get(globalThis, name) as new () => object;
    const construct = (target: new () => object, args: unknown[]): object => {
      const made = Reflect.construct(target, args) as object;
      list.push(made);
      return made;
    };
    Reflect.set(globalThis, name, new Proxy(real, { construct }));
  };
  watched("AudioContext", contexts);
  watched("RTCPeerConnection", peers);
  watched("WebSocket", sockets);
  const [begin, cancel] = [globalThis.setTimeout, globalThis.clearTimeout];
  const setTimeout = (callback: () => void, ms?: number): unknown => {
    const id = begin(() => {
      timers.delete(id);
      callback();
    }, ms);
    timers.add(id);
    return id;
  };
  const clearTimeout = (id: unknown): void => {
    timers.delete(id);
    cancel(id as number);
  };
  Object.assign(globalThis, { setTimeout, clearTimeout });
  globalThis.countOpen = () => ({
    tracks: tracks.filter(({ readyState }) => readyState === "live").length,
    contexts: contexts.filter(({ state }) => state !== "closed").length,
    peers: peers.filter(({ connectionState }) => connectionState !== "closed").length,
    sockets: sockets.filter(({ readyState }) => readyState < WebSocket.CLOSING).length,
    timers: timers.size,
  });
}

test.each(["webrtc", "websocket"] as const)(
  "connections over %s that are closed, at any step, leave nothing open on the page and no place taken",
  async (transport) => {
    const audio = new Stream({
      modality: "audio",
      handler: new Silent(),
      concurrencyLimit: 10,
      logger: new RecordingLogger(),
    });
    const stream: unknown = audio;
    await using server = await ClientPageServer.start(stream as Stream);
    const page = await chromium.browser.newPage();
    await page.addInitScript(watchWhatOpens);
    await page.goto(server.url);
    const openMeanwhile = await page.evaluate(async (carrier) => {
      const connectUntil = async (step: string): Promise<Open> => {
        const connection = globalThis.connect("/rtc", { modality: "audio", transport: carrier });
        if (step !== "at once") {
          await new Promise<void>((resolve, reject) => {
            connection.on("state", (state) => {
              if ((state.type === "connecting" ? state.phase : state.type) === step) resolve();
              else if (state.type === "closed") reject(new Error(JSON.stringify(state)));
            });
          });
        }
        const open = globalThis.countOpen();
        connection.close();
        return open;
      };
      for (const step of ["at once", "signalling", "transport", "connected", "connected", "connected"]) {
        await connectUntil(step);
      }
      return connectUntil("connected");
    }, transport);
    expect(openMeanwhile).toMatchObject({ tracks: 1, peers: transport === "webrtc" ? 1 : 0 });
    await expect
      .poll(() => page.evaluate(() => globalThis.countOpen()), { timeout: 20_000 })
      .toEqual({ tracks: 0, contexts: 0, peers: 0, sockets: 0, timers: 0 });
    await expect.poll(() => audio.health().sessions, { timeout: 20_000 }).toBe(0);
    await page.close();
  },
);
