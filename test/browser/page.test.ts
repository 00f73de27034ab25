import { createServer } from "node:http";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { Stream, type VideoFrame } from "../../src/index.ts";
import type { LaunchedServer } from "../../src/server/launch.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { launchChromium } from "./chromium.ts";
import type { VideoStreamOptions } from "./video-stream-options.ts";
import { isIdle, visitPages } from "./visited-pages.ts";

const EXACT = { width: { exact: 640 }, height: { exact: 480 }, frameRate: { min: 30 } };

const pages = visitPages(() => ({
  args: [
    "--use-fake-device-for-media-stream=fps=30,device-count=2",
    "--host-resolver-rules=MAP insecure.example 127.0.0.1",
  ],
}));

function makeStream(options: VideoStreamOptions = {}): Stream {
  return new Stream({
    handler: (frame: VideoFrame) => frame.flip("vertical"),
    modality: "video",
    logger: new RecordingLogger(),
    ...options,
  });
}

async function serve(options: VideoStreamOptions = {}): Promise<LaunchedServer> {
  const server = await makeStream(options).ui.launch({ port: 0, printUrl: false, handleSignals: false });
  pages.cleanUp(() => server.close());
  return server;
}

const record = (page: Page): Promise<void> => page.getByRole("button", { name: "Record" }).click();
/** Resolves when a picture is shown. */
const shows = (page: Page): Promise<void> => page.locator('.stage[data-shows="true"]').waitFor();

async function sessions(server: LaunchedServer): Promise<number> {
  const health = (await (await fetch(`${server.url}/healthz`)).json()) as { sessions: number };
  return health.sessions;
}

describe("recording", () => {
  test("brings the picture back, upside down, with its figures below", async () => {
    const page = await pages.visit((await serve({ trackConstraints: EXACT })).url);
    await record(page);
    await shows(page);
    await page
      .locator(".stats", {
        hasText:
          /Frames[1-9]\d* fpsPicture640 × 480Round trip\d+ ms.*CodecH264Arrived[1-9]\d* fpsLost\d.* %Handler[\d.]+ ms/,
      })
      .waitFor();
    // Chromium's camera keeps its clock at the top; the picture that comes back has it at the bottom.
    const bright = await page.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>("video.picture");
      const context = new OffscreenCanvas(640, 480).getContext("2d");
      if (!video || !context) return undefined;
      context.drawImage(video, 0, 0);
      const brightPixels = (fromRow: number): number => {
        const { data } = context.getImageData(160, fromRow, 320, 60);
        return data.filter((value, index) => index % 4 === 1 && value > 200).length;
      };
      return { top: brightPixels(20), bottom: brightPixels(400) };
    });
    expect(bright?.bottom).toBeGreaterThan(2 * (bright?.top ?? 0) + 500);
  });

  test("starts and stops from the keyboard, and frees the place at once", async () => {
    const server = await serve();
    const page = await pages.visit(server.url);
    await page.getByRole("button", { name: "Record" }).focus();
    await page.keyboard.press("Enter");
    await shows(page);
    expect(await sessions(server)).toBe(1);
    await page.keyboard.press("Space");
    await isIdle(page);
    await expect.poll(() => sessions(server)).toBe(0);
    await page.keyboard.press("Space");
    await shows(page);
  });

  test("leaves marks from the click to the first picture in their order", async () => {
    const page = await pages.visit((await serve()).url);
    await record(page);
    await shows(page);
    const marks = await page.evaluate(() =>
      performance
        .getEntriesByType("mark")
        .toSorted((a, b) => a.startTime - b.startTime)
        .map(({ name }) => name.replace("fastrtc:", "")),
    );
    expect(marks).toEqual(["click", "media", "offer", "answer", "connected", "first-frame"]);
  });

  test("sends from another camera when one is chosen, without a new connection", async () => {
    const server = await serve({ trackConstraints: EXACT });
    const page = await pages.visit(server.url);
    await record(page);
    await shows(page);
    const ownDevice = (): Promise<string | undefined> =>
      page.evaluate(() => {
        const stream = document.querySelector<HTMLVideoElement>(".own-video")?.srcObject;
        return stream instanceof MediaStream ? stream.getVideoTracks()[0]?.label : undefined;
      });
    expect(await ownDevice()).toBe("fake_device_0");
    let offers = 0;
    page.on("request", (request) => (offers += Number(request.url().endsWith("webrtc/offer"))));
    await page.getByRole("combobox", { name: "Camera" }).selectOption({ label: "fake_device_1" });
    await expect.poll(ownDevice).toBe("fake_device_1");
    await shows(page);
    expect([offers, await sessions(server)]).toEqual([0, 1]);
  });

  test("shows a picture of another shape whole", async () => {
    const page = await pages.visit((await serve({ handler: (frame) => frame.rotate(90) })).url);
    await record(page);
    await shows(page);
    const shape = (): Promise<number> =>
      page.locator(".stage").evaluate(({ clientWidth, clientHeight }) => clientWidth / clientHeight);
    await expect.poll(shape).toBeCloseTo(480 / 640, 1);
  });

  test("one's own picture can be hidden and shown", async () => {
    const page = await pages.visit((await serve()).url);
    await record(page);
    await shows(page);
    await page.locator(".own").hover();
    await page.getByRole("button", { name: "Hide my picture" }).click();
    await expect.poll(() => page.locator(".own-video").count()).toBe(0);
    await page.getByRole("button", { name: "Show my picture" }).click();
    await expect.poll(() => page.locator(".own-video").count()).toBe(1);
  });

  test("counts the time down and says why the server ended the stream", async () => {
    const page = await pages.visit((await serve({ timeLimit: 2 })).url);
    await record(page);
    await page.getByRole("timer", { name: "Time left" }).waitFor();
    await page.getByText("Press record to start again.").waitFor();
    expect(await page.getByRole("timer").count()).toBe(0);
  });

  test("goes back to idle with a sentence when the server stops", async () => {
    const server = await serve();
    const page = await pages.visit(server.url);
    await record(page);
    await shows(page);
    await server.close();
    await page.getByText("Press record to start again.").waitFor();
    await record(page);
    await page.getByRole("alert").filter({ hasText: "could not be reached" }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(1);
  });

  test("a page that is left gives its place back at once", async () => {
    const server = await serve();
    const page = await pages.visit(server.url);
    await record(page);
    await shows(page);
    await page.goto(`${server.url}/healthz`);
    await expect.poll(() => sessions(server)).toBe(0);
  });
});

describe("what goes wrong is said", () => {
  test("when all places are taken", async () => {
    const server = await serve({ concurrencyLimit: 1 });
    const first = await pages.visit(server.url);
    await record(first);
    await shows(first);
    const second = await pages.visit(server.url);
    await record(second);
    await second.getByRole("alert").filter({ hasText: "The only place is taken." }).waitFor();
    await isIdle(second);
    await second.getByRole("button", { name: "Dismiss" }).click();
    await expect.poll(() => second.getByRole("alert").count()).toBe(0);
  });

  test("when the handler throws, in one toast that counts, while the stream stands", async () => {
    const server = await serve({
      handler: () => {
        throw new Error("division by zero");
      },
    });
    const page = await pages.visit(server.url);
    await record(page);
    await page.getByRole("alert").filter({ hasText: "division by zero" }).waitFor();
    await page.locator(".toast-count").waitFor();
    expect(await page.getByRole("alert").count()).toBe(1);
    expect(await sessions(server)).toBe(1);
  });

  test("when the camera cannot do what the stream asks for, with the closest as a way out", async () => {
    const page = await pages.visit((await serve({ trackConstraints: { width: 640, frameRate: { min: 500 } } })).url);
    await record(page);
    await page.getByText("The stream asks for at least 500 frames per second.").waitFor();
    await page.getByRole("button", { name: "Use the closest it can do" }).click();
    await shows(page);
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  test("when the camera is blocked, with another try as a way out", async () => {
    await using strict = await launchChromium({ args: ["--use-fake-ui-for-media-stream=deny"] });
    const server = await serve();
    const page = await pages.visit(server.url, {}, strict);
    await record(page);
    await page.getByRole("heading", { name: "The camera is blocked" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "The camera is blocked" }).waitFor();
    expect(await sessions(server)).toBe(0); // Nobody takes a place before there is something to send.
  });

  test("when there is no camera at all", async () => {
    await using bare = await launchChromium({ args: ["--use-fake-device-for-media-stream=device-count=0"] });
    const page = await pages.visit((await serve()).url, {}, bare);
    await record(page);
    await page.getByRole("heading", { name: "No camera found" }).waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).isEnabled()).toBe(true);
  });

  test("when the page is neither on https nor on localhost, before anything is tried", async () => {
    const { port } = await serve();
    const page = await pages.visit(`http://insecure.example:${port}/`);
    await page.getByRole("heading", { name: "This page needs https or localhost" }).waitFor();
    expect(await page.getByRole("button", { name: "Record" }).isDisabled()).toBe(true);
  });

  test("when connecting takes a while, until it is stopped", async () => {
    const server = await serve();
    const page = await pages.visit(server.url);
    await page.clock.install();
    await page.reload();
    await page.route("**/webrtc/offer", () => {}); // Never answered.
    await record(page);
    await page.getByRole("heading", { name: "Connecting" }).waitFor();
    await page.clock.fastForward(10_000);
    await page.getByRole("heading", { name: "Taking a while to connect" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await isIdle(page);
    expect(await sessions(server)).toBe(0);
  });
});

describe("the page", () => {
  test("works below a prefix, asks nobody else for anything, and breaks no rule of its security policy", async () => {
    const http = createServer();
    makeStream({ uiArgs: { title: "</script><b>Flip</b>", subtitle: "A sentence." } }).mount(http, {
      path: "/some/where",
      page: true,
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    pages.cleanUp(() => new Promise((resolve) => http.close(resolve)));
    pages.cleanUp(async () => http.closeAllConnections());
    const address = http.address();
    const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;

    const page = await pages.visit("about:blank");
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${origin}/some/where/`);
    await record(page);
    await shows(page);
    await page.getByRole("heading", { name: "</script><b>Flip</b>" }).waitFor();
    expect(await page.title()).toBe("</script><b>Flip</b>");
    expect(requested.filter((url) => !url.startsWith(`${origin}/some/where/`))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test.each([
    ["a phone", 390, 844],
    ["a phone on its side", 844, 390],
    ["a small phone", 320, 568],
  ])("fits the width of %s, from idle to live", async (_what, width, height) => {
    const page = await pages.visit((await serve()).url, { viewport: { width, height } });
    const overhang = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await overhang()).toBe(0);
    await record(page);
    await shows(page);
    await page.locator('.stats[data-visible="true"]').waitFor();
    expect(await overhang()).toBe(0);
  });
});
