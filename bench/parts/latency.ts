import { Chromium } from "../process/chromium.ts";
import { percentile, type Spread, spread } from "../report/statistics.ts";
import { PageServer } from "../servers/page-server.ts";
import type { ServerName, ServerUnderTest } from "../servers/server-under-test.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import type { Sample } from "./bench-page.ts";
import { type LatencyTurn, latencyTurn } from "./latency-turn.ts";

/** A caption's letters against plain grey; compression noise alone stays far below. */
const CAPTION_CONTRAST = 60;
const FREEZE_MS = 200;

export interface LatencyOptions {
  readonly codec: BenchCodec | undefined;
  readonly rounds: number;
  /** Recorded per server and round. */
  readonly seconds: number;
  readonly warmUpMs: number;
}

/** Glass to glass: from the moment a picture is drawn in the page until the page shows it again. */
export interface LatencyResult {
  readonly server: ServerName;
  readonly codec: string;
  /** Draw to the refresh of the display that shows it, in milliseconds. */
  readonly latencyMs: Spread;
  /** Draw to the moment the browser hands the decoded picture to its compositor: without the wait for the refresh. */
  readonly presentedMs: Spread;
  /** Draw to the arrival of the returned picture's last packet: without the browser's decoder and display. */
  readonly arrivalMs: Spread;
  /** The p50 of each round, to see how far rounds differ. */
  readonly p50PerRound: readonly number[];
  readonly sentFps: number;
  readonly fps: number;
  /** Pictures shown more than 200 ms after the one before. */
  readonly freezes: number;
  readonly resolutions: Readonly<Record<string, number>>;
  readonly isFlipped: boolean;
  readonly hasCaption: boolean;
  readonly unreadable: number;
  readonly sentKbps: number;
  readonly receivedKbps: number;
  readonly serverCpuMsPerSecond: number;
}

/** Measures the servers turn by turn, in as many rounds as asked for, with one browser and one page. */
export async function measureLatency(
  servers: readonly ServerUnderTest[],
  { rounds, ...turn }: LatencyOptions,
): Promise<LatencyResult[]> {
  await using pageServer = await PageServer.start();
  for (const server of servers) pageServer.route(server.name, server.url);
  const turns = new Map<ServerName, LatencyTurn[]>(servers.map(({ name }) => [name, []]));
  await using chromium = await Chromium.launch();
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      const result = await latencyTurn(chromium, server, { ...turn, pageUrl: pageServer.url });
      turns.get(server.name)?.push(result);
      const { p50, p95 } = spread(latenciesMs(result.samples));
      console.log(`  round ${round + 1}, ${server.name}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
    }
  }
  return [...turns].map(([server, results]) => summarise(server, results));
}

function summarise(server: ServerName, turns: readonly LatencyTurn[]): LatencyResult {
  const samples = turns.flatMap((turn) => turn.samples);
  const readable = samples.filter(isReadable);
  const seconds = sum(turns.map((turn) => turn.seconds));
  const isFlipped = readable.length > 0 && readable.every((sample) => sample.isFlipped === true);
  const resolutions: Record<string, number> = {};
  for (const { width, height } of samples) {
    const name = `${width}x${height}`;
    resolutions[name] = (resolutions[name] ?? 0) + 1;
  }
  return {
    server,
    codec: turns[0]?.codec ?? "none",
    latencyMs: spread(latenciesMs(samples)),
    presentedMs: spread(readable.map(({ presentedAtMs, drawnAtMs }) => presentedAtMs - drawnAtMs)),
    arrivalMs: spread(arrivalsMs(readable)),
    p50PerRound: turns.map((turn) => percentile(latenciesMs(turn.samples), 0.5)),
    sentFps: mean(turns.map((turn) => turn.sentFps)),
    fps: sum(turns.map(({ samples: own }) => presented(own))) / seconds,
    freezes: sum(turns.map(({ samples: own }) => freezes(own))),
    resolutions,
    isFlipped,
    // In a picture that was not flipped another corner is looked at, which was never plain.
    hasCaption: isFlipped && turns.every(({ captionContrast }) => captionContrast > CAPTION_CONTRAST),
    unreadable: samples.length - readable.length,
    sentKbps: mean(turns.map((turn) => turn.sentKbps)),
    receivedKbps: mean(turns.map((turn) => turn.receivedKbps)),
    serverCpuMsPerSecond: mean(turns.map((turn) => turn.serverCpuMsPerSecond)),
  };
}

function latenciesMs(samples: readonly Sample[]): number[] {
  return samples.filter(isReadable).map(({ shownAtMs, drawnAtMs }) => shownAtMs - drawnAtMs);
}

function arrivalsMs(samples: readonly Sample[]): number[] {
  return samples.flatMap(({ receivedAtMs, drawnAtMs }) =>
    receivedAtMs === undefined ? [] : [receivedAtMs - drawnAtMs],
  );
}

function isReadable({ number }: Sample): boolean {
  return number !== undefined;
}

/** Presentations by the browser's own count, which includes those that the callback was too late for. */
function presented(samples: readonly Sample[]): number {
  return (samples.at(-1)?.presentedFrames ?? 0) - (samples[0]?.presentedFrames ?? 0);
}

function freezes(samples: readonly Sample[]): number {
  return samples.filter(({ shownAtMs }, index) => {
    const before = samples[index - 1];
    return before !== undefined && shownAtMs - before.shownAtMs > FREEZE_MS;
  }).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
