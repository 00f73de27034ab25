import type { Page } from "playwright-core";
import { type StatsEntry, startCall, startSound, stopCall, stopSound, take, takeSound } from "../parts/bench-page.ts";
import { sleep } from "../process/child-process.ts";
import { cpuMsPerSecond, readProcessUsage } from "../process/process-usage.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import type { LossyRelay } from "./lossy-relay.ts";
import { type NetworkCell, conditionsOf } from "./network-cell.ts";
import { type PictureFigures, pictureFigures } from "./picture-figures.ts";
import type { RelayReport } from "./relay-messages.ts";

/** What passes each direction where nothing limits it, headers and all: what the encoders ask for, in kbit/s. */
export interface Demand {
  readonly upKbps: number;
  readonly downKbps: number;
}

/** What passed one direction. */
export interface PassedShare {
  readonly kbps: number;
  /** Over the link's rate. */
  readonly ofLink: number;
  /** Over the link's rate or the demand, whichever is less. */
  readonly ofPossible: number;
}

/** How a call with pictures went at one of the cell's rates. */
export interface VideoFigures extends PictureFigures {
  readonly rateKbps: number;
  /** Payload that the page sent and got back. */
  readonly sentKbps: number;
  readonly receivedKbps: number;
  /** What passed each bottleneck, headers and all. */
  readonly up: PassedShare;
  readonly down: PassedShare;
  /** What the page's browser believed in the end that it may send; 0 when it says nothing. */
  readonly upEstimateKbps: number;
  /** How long packets stood before the bottleneck. */
  readonly upQueueP95Ms: number;
  readonly downQueueP95Ms: number;
  /** The relay's own share in all this. */
  readonly relayCpuMsPerSecond: number;
  readonly relayLatenessP50Ms: number;
  readonly relayLatenessP99Ms: number;
}

/** How a call with sound went. */
export interface SoundFigures {
  /** The share of what the page played that it had to make up: 0 to 1. */
  readonly concealed: number;
  /** What came through the bottleneck on the way back, in kbit/s. */
  readonly receivedKbps: number;
}

export interface NetworkCallOptions {
  readonly page: Page;
  readonly relay: LossyRelay;
  readonly cell: NetworkCell;
  /** How the page's server knows the one that is called. */
  readonly target: string;
  readonly seconds: number;
  readonly warmUpMs: number;
}

/** How long a changed link is left alone before it is measured again, in milliseconds. */
const SETTLE_MS = 5000;

/** Calls the flip server over a network that loses nothing and lets everything through. */
export async function measureDemand(
  options: Omit<NetworkCallOptions, "cell"> & { readonly codec: BenchCodec | undefined },
): Promise<Demand> {
  const { page, relay, target, codec, warmUpMs, seconds } = options;
  await relay.change({ delayMs: 10 });
  await startCall(page, { target, ...(codec && { codec }) });
  try {
    await sleep(warmUpMs);
    const before = await relay.report();
    const { nowMs } = await take(page);
    await sleep(seconds * 1000);
    const after = await relay.report();
    const elapsedMs = (await take(page)).nowMs - nowMs;
    await stopCall(page);
    return {
      upKbps: passedKbps(before, after, "toServer", elapsedMs),
      downKbps: passedKbps(before, after, "toClient", elapsedMs),
    };
  } finally {
    await relay.closePaths();
  }
}

/** Calls the flip server through the relay; one result for each of the cell's rates. */
export async function videoCall(
  options: NetworkCallOptions & { readonly codec: BenchCodec | undefined; readonly demand: Demand },
): Promise<VideoFigures[]> {
  const { page, relay, cell, target, codec, demand, warmUpMs, seconds } = options;
  const figures: VideoFigures[] = [];
  await relay.change(conditionsOf(cell, cell.ratesKbps[0] ?? 0));
  await startCall(page, { target, ...(codec && { codec }) });
  try {
    for (const [index, rateKbps] of cell.ratesKbps.entries()) {
      if (index > 0) await relay.change(conditionsOf(cell, rateKbps));
      await sleep(index === 0 ? warmUpMs : SETTLE_MS);
      figures.push(await measure({ page, relay, rateKbps, demand, seconds }));
    }
    await stopCall(page);
    return figures;
  } finally {
    await relay.closePaths();
  }
}

/** Calls the echo server through the relay, at the cell's lowest rate. */
export async function soundCall({
  page,
  relay,
  cell,
  target,
  seconds,
  warmUpMs,
}: NetworkCallOptions): Promise<SoundFigures> {
  await relay.change(conditionsOf(cell, Math.min(...cell.ratesKbps)));
  await startSound(page, target);
  try {
    await sleep(warmUpMs);
    const before = await takeSound(page);
    await sleep(seconds * 1000);
    const after = await takeSound(page);
    await stopSound(page);
    const grown = (name: "concealedSamples" | "totalSamplesReceived" | "bytesReceived"): number =>
      (inboundOf(after.stats, "audio")?.[name] ?? 0) - (inboundOf(before.stats, "audio")?.[name] ?? 0);
    const played = grown("totalSamplesReceived");
    return {
      concealed: played > 0 ? grown("concealedSamples") / played : 1,
      receivedKbps: (grown("bytesReceived") * 8) / (after.nowMs - before.nowMs),
    };
  } finally {
    await relay.closePaths();
  }
}

async function measure({
  page,
  relay,
  rateKbps,
  demand,
  seconds,
}: Pick<NetworkCallOptions, "page" | "relay" | "seconds"> & {
  readonly rateKbps: number;
  readonly demand: Demand;
}): Promise<VideoFigures> {
  const before = await take(page);
  const relayBefore = await relay.report();
  const usageBefore = readProcessUsage(relay.pid);
  await sleep(seconds * 1000);
  const usageAfter = readProcessUsage(relay.pid);
  const relayAfter = await relay.report();
  const after = await take(page);
  const elapsedMs = after.nowMs - before.nowMs;
  const passed = (way: "toServer" | "toClient", demandKbps: number): PassedShare => {
    const kbps = passedKbps(relayBefore, relayAfter, way, elapsedMs);
    return { kbps, ofLink: kbps / rateKbps, ofPossible: kbps / Math.min(rateKbps, demandKbps) };
  };
  const grown = (type: "inbound-rtp" | "outbound-rtp", name: "bytesReceived" | "bytesSent"): number =>
    (videoOf(after.stats, type)?.[name] ?? 0) - (videoOf(before.stats, type)?.[name] ?? 0);
  return {
    ...pictureFigures(after.samples, before.nowMs, after.nowMs),
    rateKbps,
    sentKbps: (grown("outbound-rtp", "bytesSent") * 8) / elapsedMs,
    receivedKbps: (grown("inbound-rtp", "bytesReceived") * 8) / elapsedMs,
    up: passed("toServer", demand.upKbps),
    down: passed("toClient", demand.downKbps),
    upEstimateKbps: estimateKbps(after.stats),
    upQueueP95Ms: relayAfter.queuedToServerP95Ms,
    downQueueP95Ms: relayAfter.queuedToClientP95Ms,
    relayCpuMsPerSecond: cpuMsPerSecond(usageBefore, usageAfter),
    relayLatenessP50Ms: relayAfter.latenessP50Ms,
    relayLatenessP99Ms: relayAfter.latenessP99Ms,
  };
}

function passedKbps(before: RelayReport, after: RelayReport, way: "toServer" | "toClient", elapsedMs: number): number {
  return ((after[way].passedBytes - before[way].passedBytes) * 8) / elapsedMs;
}

function estimateKbps(stats: readonly StatsEntry[]): number {
  const pair = stats.find((entry) => entry.type === "candidate-pair" && entry.availableOutgoingBitrate !== undefined);
  return (pair?.availableOutgoingBitrate ?? 0) / 1000;
}

function videoOf(stats: readonly StatsEntry[], type: "inbound-rtp" | "outbound-rtp"): StatsEntry | undefined {
  return stats.find((entry) => entry.type === type && entry.kind === "video");
}

function inboundOf(stats: readonly StatsEntry[], kind: "audio" | "video"): StatsEntry | undefined {
  return stats.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind);
}
