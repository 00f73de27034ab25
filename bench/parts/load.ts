import { LoadGenerator } from "../generator/load-generator.ts";
import { sleep } from "../process/child-process.ts";
import { cpuMsPerSecond, readProcessUsage } from "../process/process-usage.ts";
import { type Spread, spread } from "../report/statistics.ts";
import type { ServerName, ServerUnderTest } from "../servers/server-under-test.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/** A stream below this does not look live any more. */
const FPS_WANTED = 25;
/** The latency of the last stream may be this many times that of the first … */
const LATENCY_RATIO_WANTED = 1.5;
/** … or exceed it by this much, which is within the timers' noise, in milliseconds. */
const LATENCY_NOISE_MS = 2;
/** The passthrough is loaded with these numbers only: it shows what packets cost, and is nowhere near its limit. */
const FLOOR_STREAMS: ReadonlySet<number> = new Set([1, 8]);
/** A server whose slowest stream is below this is not loaded further. */
const GIVE_UP_FPS = 20;

export interface LoadOptions {
  readonly codec: BenchCodec | undefined;
  /** How many streams at a time, rising. */
  readonly streams: readonly number[];
  readonly seconds: number;
  readonly warmUpMs: number;
}

/** One server under one load. */
export interface LoadStep {
  readonly server: ServerName;
  readonly codec: BenchCodec;
  readonly streams: number;
  /** Streams that never connected. */
  readonly failures: readonly string[];
  readonly serverCpuMsPerSecond: number;
  readonly serverCpuPerStream: number;
  readonly residentMegabytes: number;
  readonly generatorCpuMsPerSecond: number;
  /** What the generator managed to send, per stream: below 30 the generator itself was out of breath. */
  readonly sentFps: number;
  readonly slowestFps: number;
  readonly meanFps: number;
  readonly returnedKbps: number;
  readonly firstLatencyMs: Spread;
  readonly lastLatencyMs: Spread;
  /** Every stream live, and the last one as fresh as the first. */
  readonly holds: boolean;
}

/**
 * Puts rising numbers of streams on each server, turn by turn: for each number first one server, then the next.
 * A server that has clearly given way is not loaded further. Server and generator share the machine.
 */
export async function measureLoad(
  servers: readonly ServerUnderTest[],
  { streams, ...options }: LoadOptions,
): Promise<LoadStep[]> {
  const steps: LoadStep[] = [];
  const holding = new Set(servers);
  await using generator = await LoadGenerator.start(options.codec);
  for (const count of streams) {
    for (const server of holding) {
      if (server.name === "passthrough" && !FLOOR_STREAMS.has(count)) continue;
      const step = await bestOfTwo(() => loadStep(generator, server, count, options));
      steps.push(step);
      console.log(
        `  ${server.name}, ${count} streams of ${step.codec}: slowest ${step.slowestFps.toFixed(1)} fps, ` +
          `${step.serverCpuPerStream.toFixed(0)} ms/s per stream, p50 first ${step.firstLatencyMs.p50.toFixed(1)} last ${step.lastLatencyMs.p50.toFixed(1)} ms`,
      );
      if (step.slowestFps < GIVE_UP_FPS) holding.delete(server);
    }
  }
  return steps;
}

/** Another program that wakes up for a moment must not pass for a server's limit: what does not hold gets a second chance. */
async function bestOfTwo(measure: () => Promise<LoadStep>): Promise<LoadStep> {
  const first = await measure();
  if (first.holds) return first;
  const second = await measure();
  return second.holds || second.slowestFps > first.slowestFps ? second : first;
}

async function loadStep(
  generator: LoadGenerator,
  server: ServerUnderTest,
  count: number,
  { codec, seconds, warmUpMs }: Omit<LoadOptions, "streams">,
): Promise<LoadStep> {
  const request = { type: "connect", url: server.url, streams: count, ...(codec && { codec }) } as const;
  const connected = await generator.ask(request, "connected");
  for (const failure of new Set(connected.failures)) console.log(`  ${server.name}, ${count} streams: ${failure}`);
  try {
    await sleep(warmUpMs);
    await generator.ask({ type: "count" }, "counted");
    const before = readProcessUsage(server.pid);
    await sleep(seconds * 1000);
    const after = readProcessUsage(server.pid);
    const counted = await generator.ask({ type: "count" }, "counted");
    server.assertRunning();
    const elapsedSeconds = counted.elapsedMs / 1000;
    const fps = counted.streams.map(({ picturesReturned }) => picturesReturned / elapsedSeconds);
    const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    const firstLatencyMs = spread(counted.streams[0]?.latenciesMs ?? []);
    const lastLatencyMs = spread(counted.streams.at(-1)?.latenciesMs ?? []);
    const serverCpu = cpuMsPerSecond(before, after);
    const slowestFps = Math.min(...fps);
    return {
      server: server.name,
      codec: connected.codec,
      streams: count,
      failures: connected.failures,
      serverCpuMsPerSecond: serverCpu,
      serverCpuPerStream: serverCpu / count,
      residentMegabytes: after.residentBytes / 2 ** 20,
      generatorCpuMsPerSecond: counted.cpuMs / elapsedSeconds,
      sentFps: total(counted.streams.map(({ picturesSent }) => picturesSent)) / count / elapsedSeconds,
      slowestFps,
      meanFps: total(fps) / count,
      returnedKbps:
        (total(counted.streams.map(({ bytesReturned }) => bytesReturned)) * 8) / 1000 / count / elapsedSeconds,
      firstLatencyMs,
      lastLatencyMs,
      holds: slowestFps >= FPS_WANTED && isAsFresh(lastLatencyMs, firstLatencyMs),
    };
  } finally {
    await generator.ask({ type: "disconnect" }, "disconnected");
  }
}

function isAsFresh(last: Spread, first: Spread): boolean {
  return last.p50 <= Math.max(first.p50 * LATENCY_RATIO_WANTED, first.p50 + LATENCY_NOISE_MS);
}
