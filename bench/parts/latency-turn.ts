import type { Page } from "playwright-core";
import { type Chromium } from "../process/chromium.ts";
import { sleep } from "../process/child-process.ts";
import { cpuMsPerSecond, readProcessUsage } from "../process/process-usage.ts";
import type { ServerUnderTest } from "../servers/server-under-test.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/** One picture that the page presented. Times are milliseconds on the page's clock. */
export interface Sample {
  readonly number?: number;
  readonly isFlipped?: boolean;
  readonly drawnAtMs: number;
  readonly presentedAtMs: number;
  readonly receivedAtMs?: number;
  readonly presentedFrames: number;
  readonly width: number;
  readonly height: number;
}

interface Taken {
  readonly nowMs: number;
  readonly framesDrawn: number;
  readonly firstPictureMs?: number;
  readonly captionContrast: number;
  readonly samples: readonly Sample[];
  readonly stats: readonly StatsEntry[];
}

interface StatsEntry {
  readonly type: string;
  readonly kind?: string;
  readonly codecId?: string;
  readonly id: string;
  readonly mimeType?: string;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly qualityLimitationReason?: string;
}

/** What one server did during one turn. */
export interface LatencyTurn {
  readonly seconds: number;
  readonly firstPictureMs: number;
  readonly codec: string;
  readonly sentFps: number;
  readonly captionContrast: number;
  readonly sentKbps: number;
  readonly receivedKbps: number;
  readonly serverCpuMsPerSecond: number;
  readonly samples: readonly Sample[];
}

export interface LatencyTurnOptions {
  readonly pageUrl: string;
  readonly codec: BenchCodec | undefined;
  /** Before anything is recorded, so that the browser's bitrate has settled. */
  readonly warmUpMs: number;
  readonly seconds: number;
}

/** Connects a fresh page to one server, lets it settle and records what comes back. */
export async function latencyTurn(
  chromium: Chromium,
  server: ServerUnderTest,
  { pageUrl, codec, warmUpMs, seconds }: LatencyTurnOptions,
): Promise<LatencyTurn> {
  const page = await openPage(chromium, pageUrl);
  try {
    await page.evaluate(
      (options) => (globalThis as unknown as BenchPage).bench.start(options),
      { target: server.name, ...(codec && { codec }) },
    );
    await sleep(warmUpMs);
    const before = await take(page);
    const usageBefore = readProcessUsage(server.pid);
    await sleep(seconds * 1000);
    const usageAfter = readProcessUsage(server.pid);
    const after = await take(page);
    server.assertRunning();
    await page.evaluate(() => (globalThis as unknown as BenchPage).bench.stop());
    const elapsed = (after.nowMs - before.nowMs) / 1000;
    return {
      seconds: elapsed,
      firstPictureMs: after.firstPictureMs ?? Number.NaN,
      codec: codecOf(after),
      sentFps: (after.framesDrawn - before.framesDrawn) / elapsed,
      captionContrast: after.captionContrast,
      sentKbps: ((bytes(after, "outbound-rtp") - bytes(before, "outbound-rtp")) * 8) / elapsed / 1000,
      receivedKbps: ((bytes(after, "inbound-rtp") - bytes(before, "inbound-rtp")) * 8) / elapsed / 1000,
      serverCpuMsPerSecond: cpuMsPerSecond(usageBefore, usageAfter),
      samples: after.samples,
    };
  } finally {
    await page.close();
  }
}

/** What the page offers to the harness. */
export interface BenchPage {
  readonly bench: {
    start(options: { target: string; codec?: string }): Promise<void>;
    take(): Promise<Taken>;
    stop(): void;
  };
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

function take(page: Page): Promise<Taken> {
  return page.evaluate(() => (globalThis as unknown as BenchPage).bench.take());
}

function bytes({ stats }: Taken, type: "inbound-rtp" | "outbound-rtp"): number {
  const entry = stats.find((stat) => stat.type === type && stat.kind === "video");
  return entry?.bytesReceived ?? entry?.bytesSent ?? 0;
}

function codecOf({ stats }: Taken): string {
  const inbound = stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
  return stats.find(({ id }) => id === inbound?.codecId)?.mimeType ?? "none";
}
