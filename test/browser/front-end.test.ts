import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeWav } from "../../src/media/wav.ts";
import { type ConformanceServer, startConformanceServer } from "../conformance/conformance-server.ts";
import { sine } from "../support/tones.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";

/** What the microphone hears, in Hz. */
const MICROPHONE_HZ = 440;
/** What the WebSocket page sends in its place. */
const PAGE_HZ = 600;

let chromium: LaunchedChromium;
let server: ConformanceServer;
const folder = mkdtempSync(join(tmpdir(), "fastrtc-front-end-"));

beforeAll(async () => {
  const microphoneFile = join(folder, "microphone.wav");
  writeFileSync(microphoneFile, writeWav(sine(MICROPHONE_HZ, { length: 5 * 48_000, amplitude: 0.4 })));
  chromium = await launchChromium({ microphoneFile, args: ["--autoplay-policy=no-user-gesture-required"] });
  server = await startConformanceServer({ port: 0 });
});
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** What a page shows of its call. */
type Shown = Readonly<Partial<Record<"state" | "size" | "frequency" | "packets" | "error", string>>>;

const shown = (page: Page): Promise<Shown> => page.evaluate(() => ({ ...document.body.dataset }));

async function start(name: string, path: string): Promise<Page> {
  const page = await chromium.browser.newPage();
  await page.goto(`${server.url}/demo/${name}.html?path=${path}`);
  await page.click("button");
  return page;
}

async function until(page: Page, check: (state: Shown) => boolean): Promise<void> {
  await expect
    .poll(async () => check(await shown(page)), { timeout: 15_000, message: "what the page shows" })
    .toBe(true);
}

const sounds =
  (frequency: number) =>
  (state: Shown): boolean =>
    Math.abs(Number(state.frequency) - frequency) < 12;

describe("a front end as FastRTC's documentation teaches it", () => {
  test("shows what the server sends back of its webcam, and its place is free when it stops", async () => {
    const page = await start("video", "/flip");
    await until(page, ({ state, size }) => state === "playing" && size === "640x480");
    await page.click("button");
    await expect.poll(async () => sessionsAt("/flip"), { timeout: 15_000 }).toBe(0);
    await page.close();
  });

  test("shows the message of a handler that throws", async () => {
    const page = await start("video", "/boom");
    await until(page, ({ error }) => error === "This handler throws on every picture.");
    await page.close();
  });

  test("says why it was refused", async () => {
    const pages = [await start("video", "/limit2"), await start("video", "/limit2")];
    for (const page of pages) await until(page, ({ state }) => state === "playing");
    const third = await start("video", "/limit2");
    await until(third, ({ error }) => error === "Too many connections. Maximum limit is 2");
    for (const page of [...pages, third]) await page.close();
  });

  test("plays what comes back of its microphone by WebRTC", async () => {
    const page = await start("audio", "/audio-echo");
    await until(page, sounds(MICROPHONE_HZ));
    await page.close();
  });

  test("plays what comes back over a WebSocket, in mu-law", async () => {
    const page = await start("websocket", "/audio-echo-8k");
    await until(page, (state) => Number(state.packets) > 50 && sounds(PAGE_HZ)(state));
    await page.click("button");
    await expect.poll(async () => sessionsAt("/audio-echo-8k"), { timeout: 15_000 }).toBe(0);
    await page.close();
  });
});

async function sessionsAt(path: string): Promise<unknown> {
  const health = (await (await fetch(`${server.url}${path}/healthz`)).json()) as { readonly sessions: number };
  return health.sessions;
}
