import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AdditionalOutputs, element, Stream, type UiArgs, type VideoFrame } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { isLive, start, visitPages } from "./visited-pages.ts";

const pages = visitPages();
const logger = new RecordingLogger();
const video = (uiArgs: UiArgs = {}): Stream =>
  new Stream({ modality: "video", handler: (frame: VideoFrame) => frame, uiArgs, logger });

describe("a custom element of the application's own", () => {
  const wheel = element({
    tag: "color-wheel",
    label: "Color",
    options: { steps: 360 },
    value: { hue: 120 },
    schema: z.object({ hue: z.number().min(0).max(360) }),
  });
  const doubled = element({ tag: "color-wheel", options: { steps: 720 }, value: { hue: 0 } });

  function wheels(modules: NonNullable<UiArgs["modules"]>): Stream<[typeof wheel], [typeof doubled], "video", "send"> {
    return new Stream({
      modality: "video",
      mode: "send",
      additionalInputs: [wheel],
      additionalOutputs: [doubled],
      handler: (_frame, { hue }) => new AdditionalOutputs({ hue: 2 * hue }),
      uiArgs: { modules },
      logger,
    });
  }

  const shown = (page: Page): Promise<string[]> => page.locator("color-wheel output").allInnerTexts();

  test("is an input and an output of the page, from a file beside it, within the page's security policy", async () => {
    const page = await pages.open(wheels([new URL("own-page/color-wheel.js", import.meta.url)]));
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await expect.poll(() => shown(page)).toEqual(["hue 120", "hue 0"]);
    await start(page);
    await expect.poll(() => shown(page)).toEqual(["hue 120", "hue 240"]);
    await page.getByRole("slider", { name: "Color" }).fill("300");
    await expect.poll(() => shown(page)).toEqual(["hue 300", "hue 600"]);
    expect(complaints).toEqual([]);
  });

  test("that no module defines is told in its place, and the rest of the page works", async () => {
    const page = await pages.open(wheels(["./nowhere.js"]));
    await page.getByText("No module of this page defines <color-wheel>.").first().waitFor();
    await start(page);
    await isLive(page);
  });
});

describe("a page in place of the built-in one", () => {
  test("is a folder, in which ./client.js is the client, with the stream's routes beside it", async () => {
    const stream = video();
    stream.ui = new URL("own-page/", import.meta.url);
    const page = await pages.open(stream);
    await page.getByRole("button", { name: "Call" }).click();
    await expect.poll(() => page.evaluate(() => document.querySelector("video")?.videoWidth)).toBeGreaterThan(0);
    const answers = await page.evaluate(async () => {
      const paths = ["healthz", "color-wheel.js", "..%2fpage-own.test.ts", "%2e%2e/call.ts", "missing.js", "%E0%A4%A"];
      return Promise.all(paths.map(async (path) => (await fetch(path)).status));
    });
    expect(answers).toEqual([200, 200, 404, 404, 404, 404]);
  });

  test("is a function from Request to Response", async () => {
    const stream = video();
    stream.ui = (request) =>
      new URL(request.url).pathname === "/"
        ? new Response("<!doctype html><title>Mine</title>", { headers: { "content-type": "text/html" } })
        : undefined;
    const page = await pages.open(stream);
    const other = await page.evaluate(async () => (await fetch("other")).status);
    expect([await page.title(), other]).toEqual(["Mine", 404]);
  });

  test.each([
    ["a folder without index.html", new URL("./", import.meta.url), "There is no index.html"],
    ["a folder that is not there", new URL("./nowhere/", import.meta.url), "There is no index.html"],
  ])("is refused when it is %s", async (_what, folder, message) => {
    const stream = video();
    stream.ui = folder;
    await expect(stream.ui.launch({ port: 0, handleSignals: false })).rejects.toThrow(message);
  });

  test("is refused when it lies elsewhere", () => {
    expect(() => (video().ui = new URL("https://example.com/"))).toThrow("Give a folder of yours");
  });

  test("is refused when one of its modules cannot be read", async () => {
    const stream = video({ modules: [new URL("./nowhere.js", import.meta.url)] });
    await expect(stream.ui.launch({ port: 0, handleSignals: false })).rejects.toThrow(
      /nowhere\.js, which cannot be read/,
    );
  });
});
