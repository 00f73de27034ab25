import { expect, test } from "vitest";
import { Stream } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { callUntil, startCall } from "./call.ts";
import { launchChromium } from "./chromium.ts";

test("a peer that has only a data channel stays as long as it is there, and is gone soon after its browser was killed", async () => {
  await using chromium = await launchChromium();
  const stream = new Stream({ handler: (frame) => frame, modality: "video", logger: new RecordingLogger() });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  try {
    const page = await chromium.browser.newPage();
    await page.goto(server.url);
    await startCall(page, { dataOnly: true });
    await callUntil(page, ({ connectionState }) => connectionState === "connected");
    // Longer than silence is borne: it says nothing, and answers when it is asked.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(stream.health()).toMatchObject({ sessions: 1, connected: 1 });
    await chromium.kill();
    await expect.poll(() => stream.health().sessions, { timeout: 20_000 }).toBe(0);
  } finally {
    await server.close();
  }
});
