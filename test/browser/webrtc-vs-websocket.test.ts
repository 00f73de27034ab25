import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "../../examples/webrtc-vs-websocket.ts";
import { writeWav } from "../../src/media/wav.ts";
import { sine } from "../support/tones.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";

let chromium: LaunchedChromium;
let server: Awaited<ReturnType<typeof serve>>;
const folder = mkdtempSync(join(tmpdir(), "fastrtc-example-"));

beforeAll(async () => {
  const microphoneFile = join(folder, "microphone.wav");
  writeFileSync(microphoneFile, writeWav(sine(440, { length: 5 * 48_000, amplitude: 0.4 })));
  chromium = await launchChromium({ microphoneFile, args: ["--autoplay-policy=no-user-gesture-required"] });
  server = await serve(0);
});
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server.close();
  rmSync(folder, { recursive: true });
});

test("the page of the example hears itself over WebRTC and over a WebSocket, and shows both round trips", async () => {
  const page = await chromium.browser.newPage();
  await page.goto(server.url);
  await page.click("#webrtc");
  await page.click("#websocket");
  for (const name of ["webrtc", "websocket"]) {
    const shown = (): Promise<string | null> => page.textContent(`#${name} + output`);
    await expect.poll(shown, { timeout: 20_000 }).toMatch(/heard: -([5-9]|[1-4]\d) dB/);
    await expect.poll(shown, { timeout: 20_000 }).toMatch(/round trip: \d+ ms/);
    expect(await shown()).not.toContain("error");
  }
  await page.click("#websocket");
  await page.click("#webrtc");
  await expect.poll(() => page.textContent("#webrtc")).toBe("Talk over WebRTC");
  await page.close();
});
