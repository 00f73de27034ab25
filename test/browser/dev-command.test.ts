import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { appFolder, CliProcess, FASTRTC } from "../cli/cli-process.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";

// Programs start anew at each change, and a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });
const PATIENCE = { timeout: 90_000 };

const app = (title: string): string => `
import { Stream } from ${FASTRTC};
import { caption } from "./caption.ts";
const stream = new Stream({
  handler: (frame) => frame.flip("vertical").caption(caption),
  modality: "video",
  uiArgs: { title: ${JSON.stringify(title)} },
});
export default stream;
`;

let chromium: LaunchedChromium;
beforeAll(async () => void (chromium = await launchChromium()));
afterAll(() => chromium[Symbol.asyncDispose]());

const titled = (page: Page, title: string): Promise<void> =>
  page.getByRole("heading", { name: title }).waitFor(PATIENCE);
const isLive = (page: Page): Promise<void> => page.locator('.stage[data-shows="true"]').waitFor(PATIENCE);

test("fastrtc dev: an edited title is on the page, whose call goes on; a syntax error shows there, and goes when it is mended", async () => {
  await using folder = await appFolder({ "app.ts": app("First title"), "caption.ts": 'export const caption = "a";' });
  await using cli = new CliProcess(["dev", "app.ts", "--port", "0"], { cwd: folder.path });
  const [, url = ""] = await cli.untilPrinted(/Running on (http:\S+)/);
  const context = await chromium.browser.newContext();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(url, PATIENCE);
  await titled(page, "First title");
  await page.getByRole("button", { name: "Record" }).click(PATIENCE);
  await isLive(page);

  await folder.write("app.ts", app("Second title"));
  await titled(page, "Second title");
  await isLive(page); // Nobody has pressed the button again.

  await folder.write("app.ts", app("Third title").replace("new Stream(", "new Stream(("));
  const error = page.locator("#fastrtc-dev-error");
  await error.waitFor(PATIENCE);
  expect(await error.textContent()).toMatch(
    /The app does not run\.\s+Transform failed with 1 error:\napp\.ts:\d+:\d+: ERROR/,
  );
  expect(cli.printed).toMatch(/The app does not run:\nTransform failed with 1 error:\napp\.ts:\d+:\d+/);
  // Who opens the page now is told the same.
  const other = await context.newPage();
  await other.goto(url, PATIENCE);
  await other.locator("#fastrtc-dev-error").waitFor(PATIENCE);

  await folder.write("app.ts", app("Third title"));
  await titled(page, "Third title");
  await isLive(page);
  await titled(other, "Third title");
  expect(await error.count()).toBe(0);

  // What the app imports is a part of it; a call that was ended by hand does not begin by itself.
  await page.getByRole("button", { name: "Stop" }).click(PATIENCE);
  await page.locator('.stage[data-phase="idle"]').waitFor(PATIENCE);
  const before = (await cli.untilPrinted(/The app runs/g)).input.match(/The app runs/g)?.length ?? 0;
  const reloaded = page.waitForEvent("load", PATIENCE);
  await folder.write("caption.ts", 'export const caption = "b";');
  await cli.untilPrinted(new RegExp(`(The app runs[^]*){${before + 1}}`));
  await reloaded;
  await titled(page, "Third title");
  expect(await page.locator('.stage[data-phase="idle"]').count()).toBe(1);
  await context.close();
  cli.process.kill("SIGINT");
  expect((await cli.ended()).code).toBe(0);
  expect(problems).toEqual([]);
});
