import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import {
  AdditionalOutputs,
  type AudioFrame,
  chatbot,
  type EmittedAudio,
  Stream,
  StreamHandler,
  textbox,
  type UiArgs,
} from "../../src/index.ts";
import { writeWav } from "../../src/media/wav.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { sine } from "../support/tones.ts";
import { isIdle, isLive, visitPages } from "./visited-pages.ts";

const folder = mkdtempSync(join(tmpdir(), "fastrtc-page-"));
const pages = visitPages(() => {
  const microphoneFile = join(folder, "voice.wav");
  writeFileSync(microphoneFile, writeWav(sine(440, { length: 5 * 48_000, amplitude: 0.5 })));
  return { microphoneFile };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Says what it hears, and keeps how loud the newest of it was. */
class Echo extends StreamHandler {
  readonly #heard: AudioFrame[] = [];
  static loudest = 0;

  override copy(): Echo {
    return new Echo();
  }

  override receive(frame: AudioFrame): void {
    Echo.loudest = Math.max(...Array.from(frame.samples, Math.abs));
    this.#heard.push(frame);
    if (this.#heard.length > 50) this.#heard.shift();
  }

  override async emit(): Promise<EmittedAudio> {
    const frame = this.#heard.shift();
    if (frame) return frame;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return null;
  }
}

const echo = (uiArgs: UiArgs = {}): Pick<Stream, "ui"> =>
  new Stream({ handler: new Echo(), modality: "audio", uiArgs, logger: new RecordingLogger() });

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe("a page of sound", () => {
  test("shows both voices as they sound, each in its color", async () => {
    const page = await pages.open(echo());
    await button(page, "Record").click();
    await isLive(page);
    // How many points of the wave are of the reply's red, and how many are of one's own ink.
    const drawn = (): Promise<{ reply: number; you: number }> =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>(".wave-canvas");
        const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let [reply, you] = [0, 0];
        for (let at = 0; at < data.length; at += 4) {
          const [red = 0, green = 0, , alpha = 0] = data.slice(at, at + 4);
          if (alpha < 200) continue;
          if (red > 2 * green + 40) reply += 1;
          else you += 1;
        }
        return { reply, you };
      });
    await expect.poll(async () => (await drawn()).you).toBeGreaterThan(2500);
    await expect.poll(async () => (await drawn()).reply).toBeGreaterThan(2500);
  });

  test("sends silence while it is muted, and the voice again afterwards", async () => {
    const page = await pages.open(echo());
    await button(page, "Record").click();
    await isLive(page);
    await expect.poll(() => Echo.loudest).toBeGreaterThan(5000);
    await button(page, "Mute").click();
    await page.getByText("You, muted").waitFor();
    await expect.poll(() => Echo.loudest).toBeLessThan(50);
    expect(await button(page, "Mute").getAttribute("aria-pressed")).toBe("true");
    await button(page, "Mute").click();
    await expect.poll(() => Echo.loudest).toBeGreaterThan(5000);
  });

  test("has the stream's icon as its button, with its words, colors and shape, and pulses with both voices", async () => {
    const page = await pages.open(
      echo({
        icon: '<svg viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>',
        iconButtonColor: "rgb(1, 2, 3)",
        pulseColor: "rgb(4, 5, 6)",
        iconRadius: 20,
        buttonLabels: { start: "Call", stop: "Hang up" },
      }),
    );
    expect(await page.getByRole("button", { name: "Record" }).count()).toBe(0);
    const look = await page.locator(".voice-icon-face").evaluate((face) => {
      const pulse = face.querySelector(".voice-icon-pulse");
      const { backgroundColor, borderRadius } = getComputedStyle(face);
      const picture = face.querySelector("img")?.naturalWidth ?? 0;
      return [backgroundColor, borderRadius, pulse && getComputedStyle(pulse).backgroundColor, picture > 0];
    });
    expect(look).toEqual(["rgb(1, 2, 3)", "20%", "rgb(4, 5, 6)", true]);
    await button(page, "Call").click();
    await isLive(page);
    const level = (name: string): Promise<number> =>
      page.locator(".voice-icon").evaluate((icon, property) => Number(icon.style.getPropertyValue(property)), name);
    await expect.poll(() => level("--own-level")).toBeGreaterThan(0.5);
    await expect.poll(() => level("--reply-level")).toBeGreaterThan(0.5);
    await button(page, "Hang up").click();
    await button(page, "Call").waitFor();
    expect(await level("--reply-level")).toBe(0);
  });

  test("remembers the microphone and the speaker that were chosen", async () => {
    const page = await pages.open(echo());
    await button(page, "Record").click();
    await isLive(page);
    const choose = async (name: string): Promise<string> => {
      const picker = page.getByRole("combobox", { name });
      const id = (await picker.locator("option").last().getAttribute("value")) ?? "";
      await picker.selectOption(id);
      return id;
    };
    const [microphone, speaker] = [await choose("Microphone"), await choose("Speaker")];
    const sinkId = (): Promise<string | undefined> => page.evaluate(() => document.querySelector("audio")?.sinkId);
    await expect.poll(sinkId).toBe(speaker);
    await page.reload();
    await button(page, "Record").click();
    await isLive(page);
    await expect.poll(sinkId).toBe(speaker);
    expect(await page.getByRole("combobox", { name: "Microphone" }).inputValue()).toBe(microphone);
    // One that is not there any more is done without.
    await page.evaluate(() => localStorage.setItem("fastrtc.devices", '{"microphone":"gone"}'));
    await page.reload();
    await button(page, "Record").click();
    await isLive(page);
  });

  test("says that it is reconnecting while the connection is made anew, and goes on", async () => {
    const page = await pages.open(echo());
    await button(page, "Record").click();
    await isLive(page);
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route("**/webrtc/offer", async (route) => {
      await held;
      await route.continue();
    });
    await page.evaluate(() => dispatchEvent(new Event("online"))); // What a change of networks looks like.
    await page.getByText("Reconnecting", { exact: true }).waitFor();
    letThrough();
    await page.getByText("Live", { exact: true }).waitFor();
  });

  test("shows a stop word that was heard, what is waited for, and what was said", async () => {
    class Listener extends StreamHandler {
      override copy(): Listener {
        return new Listener();
      }
      override startUp(): void {
        this.sendMessage({ type: "stopword", data: "hello computer" });
        this.sendMessage({ type: "progress", data: { text: "Loading the model", value: 0.25 } });
        this.sendMessage({ type: "transcript", data: { role: "user", text: "What ti", id: "1" } });
        this.sendMessage({ type: "transcript", data: { role: "user", text: "What time is it?", id: "1" } });
      }
      override receive(): void {}
      override async emit(): Promise<EmittedAudio> {
        return new Promise(() => {});
      }
    }
    const page = await pages.open(
      new Stream({ handler: new Listener(), modality: "audio", logger: new RecordingLogger() }),
    );
    await button(page, "Record").click();
    await page.getByText("Heard: hello computer").waitFor();
    expect(await page.getByRole("progressbar", { name: "Loading the model" }).getAttribute("value")).toBe("0.25");
    await expect.poll(() => page.getByRole("log", { name: "Captions" }).innerText()).toBe("You What time is it?");
  });
});

describe("a page with a line to type into", () => {
  /** Answers what was typed. */
  class Typed extends StreamHandler {
    override copy(): Typed {
      return new Typed();
    }
    override receive(): void {}
    override onMessage(message: string): void {
      const { type, data } = JSON.parse(message) as { type: string; data: string };
      // What was typed is the additional input as well.
      if (type === "text" && data === this.latestArgs[0]) this.#outputs.push(new AdditionalOutputs(data));
    }
    readonly #outputs: AdditionalOutputs[] = [];
    override async emit(): Promise<EmittedAudio> {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return this.#outputs.shift() ?? null;
    }
  }

  test("sends what is typed, starting with the microphone muted, and shows the conversation in its place", async () => {
    const chat = chatbot({ label: "Chat" });
    const page = await pages.open(
      new Stream({
        handler: new Typed(),
        modality: "audio",
        additionalInputs: [textbox({ label: "Message", placeholder: "Say it" })],
        additionalOutputs: [chat],
        additionalOutputsHandler: (messages, text: string) => [
          ...messages,
          { role: "user", content: text },
          { role: "assistant", content: `You said *${text}*.` },
        ],
        uiArgs: { variant: "textbox" },
        logger: new RecordingLogger(),
      }),
    );
    expect(await page.locator(".panel").count()).toBe(0);
    const line = page.getByPlaceholder("Say it");
    await line.fill("hello");
    await line.press("Enter");
    await isLive(page);
    await expect.poll(() => page.locator(".chat-message").allInnerTexts()).toEqual(["hello", "You said hello."]);
    expect([await line.inputValue(), await button(page, "Mute").getAttribute("aria-pressed")]).toEqual(["", "true"]);
    await line.fill("two\nlines");
    await button(page, "Send").click();
    await expect.poll(() => page.locator(".chat-message").count()).toBe(4);
    await button(page, "Stop").click();
    await isIdle(page);
    expect(await page.locator(".chat-message").count()).toBe(4);
    await button(page, "Record").click(); // The next session begins anew.
    await expect.poll(() => page.locator(".chat-message").count()).toBe(0);
  });
});
