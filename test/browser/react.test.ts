import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "vite";
import { AdditionalOutputs, number, slider, Stream, type VideoFrame } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";

let chromium: LaunchedChromium;
let code: string;

beforeAll(async () => {
  chromium = await launchChromium();
  const entry = fileURLToPath(new URL("react-page/page.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"development"' }, // StrictMode then mounts everything twice.
    build: { write: false, minify: false, lib: { entry, formats: ["es"], fileName: "page" } },
  });
  const [result] = [built].flat();
  const chunk = result && "output" in result ? result.output[0] : undefined;
  if (!chunk) throw new Error("The page was not built.");
  ({ code } = chunk);
});
afterAll(() => chromium[Symbol.asyncDispose]());

interface Shown {
  readonly state: string;
  readonly outputs?: readonly [number];
  readonly cameras: number;
  readonly last: string;
  readonly hasStats: boolean;
}

const shown = async (page: Page): Promise<Shown> => JSON.parse(await page.locator("output").innerText()) as Shown;
const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name }).click();

test("React's hooks: a stream starts, shows its outputs, takes inputs and messages, and ends with its component", async () => {
  const stream = new Stream({
    modality: "video",
    additionalInputs: [slider({ value: 3 })],
    additionalOutputs: [number()],
    additionalOutputsHandler: (_shown, level: number) => level,
    handler: (frame: VideoFrame, level) => [frame, new AdditionalOutputs(level)],
    logger: new RecordingLogger(),
  });
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript ? code : '<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>',
    );
  });
  stream.mount(server, { path: "/rtc", client: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await chromium.browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  expect(await shown(page)).toMatchObject({ state: "idle", hasStats: false });
  await press(page, "Start");
  await expect.poll(() => shown(page)).toMatchObject({ state: "connected", outputs: [3], cameras: 1, hasStats: true });
  await expect.poll(() => page.evaluate(() => document.querySelector("video")?.videoWidth)).toBe(640);
  await press(page, "Seven");
  await expect.poll(() => shown(page)).toMatchObject({ outputs: [7] });
  await press(page, "Send");
  await expect.poll(() => shown(page)).toMatchObject({ last: "log" });
  await press(page, "Close");
  await expect.poll(() => shown(page)).toMatchObject({ state: "closed", outputs: [7], hasStats: false });
  await expect.poll(() => stream.health().sessions).toBe(0);
  await press(page, "Start");
  await expect.poll(() => shown(page)).toMatchObject({ state: "connected", outputs: [7] });
  await press(page, "Leave");
  await expect.poll(() => stream.health().sessions).toBe(0);

  await page.close();
  await stream.close();
  await new Promise((resolve) => server.close(resolve));
});
