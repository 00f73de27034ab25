import type { Page } from "playwright-core";
import type { Chromium } from "../process/chromium.ts";

/** What the page offers to the harness. */
export interface BenchPage {
  readonly bench: {
    start(options: StartCall): Promise<void>;
    firstPictureMs(): Promise<number>;
    take(): Promise<Taken>;
    stop(): void;
    startSound(options: { readonly target: string }): Promise<void>;
    takeSound(): Promise<TakenSound>;
    stopSound(): void;
  };
}

export interface StartCall {
  readonly target: string;
  readonly codec?: string;
  readonly iceServers?: readonly { readonly urls: string }[];
}

/** One picture that the page presented. Times are milliseconds on the page's clock. */
export interface Sample {
  readonly number?: number;
  readonly isFlipped?: boolean;
  readonly drawnAtMs: number;
  /** Handed to the browser's compositor. */
  readonly presentedAtMs: number;
  /** The display's refresh that shows it. */
  readonly shownAtMs: number;
  readonly receivedAtMs?: number;
  readonly presentedFrames: number;
  readonly width: number;
  readonly height: number;
}

/** What the page hands over: everything since it was last asked. */
export interface Taken {
  readonly nowMs: number;
  readonly framesDrawn: number;
  readonly captionContrast: number;
  readonly samples: readonly Sample[];
  readonly stats: readonly StatsEntry[];
}

/** What the page hands over of a call with sound. */
export interface TakenSound {
  readonly nowMs: number;
  readonly stats: readonly StatsEntry[];
}

/** An entry of the browser's statistics: the members that are looked at. */
export interface StatsEntry {
  readonly type: string;
  readonly kind?: string;
  readonly codecId?: string;
  readonly id: string;
  readonly mimeType?: string;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly qualityLimitationReason?: string;
  readonly availableOutgoingBitrate?: number;
  readonly concealedSamples?: number;
  readonly silentConcealedSamples?: number;
  readonly totalSamplesReceived?: number;
  readonly packetsLost?: number;
}

/** A new tab with the benchmark's page, its pictures prepared. */
export async function openPage(chromium: Chromium, pageUrl: string): Promise<Page> {
  const page = await chromium.browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") console.error(`page: ${message.text()}`);
  });
  await page.goto(pageUrl);
  await page.waitForFunction(() => "bench" in globalThis);
  return page;
}

/** Starts a call in the page; returns once the answer has been taken. */
export function startCall(page: Page, call: StartCall): Promise<void> {
  return page.evaluate((options) => (globalThis as unknown as BenchPage).bench.start(options), call);
}

/** The milliseconds from the start of the page's call to its first returned picture. */
export function firstPicture(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as BenchPage).bench.firstPictureMs());
}

export function take(page: Page): Promise<Taken> {
  return page.evaluate(() => (globalThis as unknown as BenchPage).bench.take());
}

export function stopCall(page: Page): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as BenchPage).bench.stop());
}

/** Starts a call with sound in the page; returns once the answer has been taken. */
export function startSound(page: Page, target: string): Promise<void> {
  return page.evaluate((name) => (globalThis as unknown as BenchPage).bench.startSound({ target: name }), target);
}

export function takeSound(page: Page): Promise<TakenSound> {
  return page.evaluate(() => (globalThis as unknown as BenchPage).bench.takeSound());
}

export function stopSound(page: Page): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as BenchPage).bench.stopSound());
}
