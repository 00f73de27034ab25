import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Stream } from "../../src/index.ts";
import { type LaunchChromiumOptions, type LaunchedChromium, launchChromium } from "./chromium.ts";

/** The browser of a file of tests, and what its tests opened, which is gone after each of them. */
export interface VisitedPages {
  /** The browser. */
  readonly browser: Browser;
  /** Serves the page of a stream and opens it, in this browser or another. */
  open(stream: Pick<Stream, "ui">, options?: BrowserContextOptions, chromium?: LaunchedChromium): Promise<Page>;
  /** Opens an address, as a visitor of whom nothing is known yet. */
  visit(url: string, options?: BrowserContextOptions, chromium?: LaunchedChromium): Promise<Page>;
  /** Has something done after the test, what came last first. */
  cleanUp(work: () => unknown): void;
}

/** Starts a browser before the tests of the file that calls it, and ends it after them. */
export function visitPages(launched: () => LaunchChromiumOptions = () => ({})): VisitedPages {
  let own: LaunchedChromium | undefined;
  const running = (): LaunchedChromium => {
    if (own) return own;
    throw new Error("The browser runs only within tests.");
  };
  const cleanups: (() => unknown)[] = [];
  beforeAll(async () => {
    own = await launchChromium(launched());
  });
  afterAll(() => own?.[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  const visit: VisitedPages["visit"] = async (url, options = {}, { browser } = running()) => {
    const context = await browser.newContext(options);
    cleanups.push(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  return {
    get browser() {
      return running().browser;
    },
    visit,
    open: async (stream, options, chromium) => {
      const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
      cleanups.push(() => server.close());
      return visit(server.url, options, chromium);
    },
    cleanUp: (work) => cleanups.push(work),
  };
}

/** Presses what starts the stream of a page, wherever it stands. */
export const start = (page: Page): Promise<void> =>
  page.locator(".record, .voice-icon, .composer-talk").first().click();

/** Resolves when the stream of a page is connected. */
export const isLive = (page: Page): Promise<void> => page.locator('.stage[data-phase="live"]').waitFor();

/** Resolves when the stream of a page is over, or has not begun. */
export const isIdle = (page: Page): Promise<void> => page.locator('.stage[data-phase="idle"]').waitFor();
