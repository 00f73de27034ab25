import { type Sample, type Taken, openPage, startCall, stopCall, take } from "./bench-page.ts";
import type { Chromium } from "../process/chromium.ts";
import { sleep } from "../process/child-process.ts";
import { cpuMsPerSecond, readProcessUsage } from "../process/process-usage.ts";
import type { ServerUnderTest } from "../servers/server-under-test.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/** What one server did during one turn. */
export interface LatencyTurn {
  readonly seconds: number;
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
    await startCall(page, { target: server.name, ...(codec && { codec }) });
    await sleep(warmUpMs);
    const before = await take(page);
    const usageBefore = readProcessUsage(server.pid);
    await sleep(seconds * 1000);
    const usageAfter = readProcessUsage(server.pid);
    const after = await take(page);
    server.assertRunning();
    await stopCall(page);
    const elapsed = (after.nowMs - before.nowMs) / 1000;
    return {
      seconds: elapsed,
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

function bytes({ stats }: Taken, type: "inbound-rtp" | "outbound-rtp"): number {
  const entry = stats.find((stat) => stat.type === type && stat.kind === "video");
  return entry?.bytesReceived ?? entry?.bytesSent ?? 0;
}

function codecOf({ stats }: Taken): string {
  const inbound = stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
  return stats.find(({ id }) => id === inbound?.codecId)?.mimeType ?? "none";
}
