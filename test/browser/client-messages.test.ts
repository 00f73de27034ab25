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

/** Says what it was told, and how long it was. */
class Listener extends StreamHandler {
  override startUp(): void {
    this.sendMessage("welcome");
    this.sendMessage({ type: "hint", data: { text: "Say something." } });
    this.sendMessage({ type: "warning", data: "Mind the step." });
  }

  override onMessage(text: string): void {
    this.sendMessage({ type: "heard", data: text, length: text.length });
  }

  receive(): void {}

  emit(): null {
    return null;
  }

  copy(): Listener {
    return new Listener();
  }
}

test.each(["webrtc", "websocket"] as const)(
  "over %s messages of the application's own go both ways, long ones too, and are no errors",
  async (transport) => {
    const audio = new Stream({ modality: "audio", handler: new Listener(), logger: new RecordingLogger() });
    const stream: unknown = audio;
    await using server = await ClientPageServer.start(stream as Stream);
    const page = await chromium.browser.newPage();
    await page.goto(server.url);
    const heard = page.evaluate(
      (carrier) =>
        new Promise<unknown>((resolve) => {
          const connection = globalThis.connect("/rtc", { modality: "audio", transport: carrier });
          const custom: unknown[] = [];
          const errors: string[] = [];
          connection.send({ type: "early" });
          connection.on("error", (error) => errors.push(error.message));
          connection.on("state", (state) => {
            if (state.type === "connected") connection.send("ä".repeat(150_000));
            if (state.type === "closed") resolve({ state, custom, errors });
          });
          connection.on("message", (message) => {
            if (message.type !== "custom") return;
            custom.push(message.data);
            if (custom.length < 4) return;
            resolve({ custom, errors });
            connection.close();
          });
        }),
      transport,
    );
    await expect(heard).resolves.toEqual({
      custom: [
        "welcome",
        { type: "hint", data: { text: "Say something." } },
        { type: "heard", data: '{"type":"early"}', length: 16 },
        { type: "heard", data: "ä".repeat(150_000), length: 150_000 },
      ],
      errors: [],
    });
    await page.close();
  },
);

test("the built-in page shows no toast for them", async () => {
  const stream = new Stream({ modality: "audio", handler: new Listener(), logger: new RecordingLogger() });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  const page = await chromium.browser.newPage();
  await page.goto(server.url);
  await page
    .getByRole("button", { name: /record|start|talk|microphone/i })
    .first()
    .click();
  const toasts = page.locator(".toast");
  await toasts.first().waitFor();
  expect(await toasts.allInnerTexts()).toEqual([expect.stringContaining("Mind the step.")]);
  await page.close();
  await server.close();
});
