import type { ServerStats } from "../protocol/server-stats.ts";

/** How the connection does now: averages over the time since the reading before. Undefined is not known. */
export interface LiveStats {
  /** Pictures per second that were received and decoded. */
  readonly framesPerSecond: number | undefined;
  /** From here to the server and back over the network, without any processing, in milliseconds. */
  readonly roundTripMs: number | undefined;
  /** Size of the received picture in pixels; of the sent one when nothing is received. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Payload bits per second received. */
  readonly inboundBitrate: number | undefined;
  /** Payload bits per second sent. */
  readonly outboundBitrate: number | undefined;
  /** Codecs in use, such as `H264` or `opus`, video first. */
  readonly codecs: readonly string[];
  /** Packets lost on their way here since the start. */
  readonly packetsLost: number;
  /** What the server said last of its side; undefined unless it was asked with `readsServerStats`, and answers. */
  readonly server?: ServerStats | undefined;
}

/** What the next reading is compared with. */
export interface StatsBaseline {
  readonly timestampMs: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly framesDecoded: number;
  readonly framesSent: number;
}

export interface StatsReading {
  readonly stats: LiveStats;
  readonly baseline: StatsBaseline;
}

/** The entries of an `RTCStatsReport`: its `values()`. */
export type StatsEntries = Iterable<Readonly<Record<string, unknown>>>;

/** Condenses a report of `RTCPeerConnection.getStats()`; rates need the baseline of the reading before. */
export function readStats(entries: StatsEntries, before?: StatsBaseline): StatsReading {
  const all = [...entries];
  const inbound = all.filter((entry) => entry["type"] === "inbound-rtp");
  const outbound = all.filter((entry) => entry["type"] === "outbound-rtp");
  const inboundVideo = inbound.find((entry) => entry["kind"] === "video");
  const outboundVideo = outbound.find((entry) => entry["kind"] === "video");
  const picture = inboundVideo ?? outboundVideo;
  const baseline: StatsBaseline = {
    timestampMs: Math.max(0, ...[...inbound, ...outbound].map((entry) => numberOf(entry["timestamp"]) ?? 0)),
    bytesReceived: sum(inbound, "bytesReceived"),
    bytesSent: sum(outbound, "bytesSent"),
    framesDecoded: numberOf(inboundVideo?.["framesDecoded"]) ?? 0,
    framesSent: numberOf(outboundVideo?.["framesSent"]) ?? 0,
  };
  const seconds = before ? (baseline.timestampMs - before.timestampMs) / 1000 : 0;
  const rate = (name: keyof StatsBaseline): number | undefined =>
    before && seconds > 0 ? Math.max(0, baseline[name] - before[name]) / seconds : undefined;
  const frames = inboundVideo ? rate("framesDecoded") : rate("framesSent");
  const bitsIn = rate("bytesReceived");
  const bitsOut = rate("bytesSent");
  return {
    stats: {
      framesPerSecond: picture ? frames : undefined,
      roundTripMs: roundTripMs(all),
      width: numberOf(picture?.["frameWidth"]),
      height: numberOf(picture?.["frameHeight"]),
      inboundBitrate: inbound.length > 0 && bitsIn !== undefined ? bitsIn * 8 : undefined,
      outboundBitrate: outbound.length > 0 && bitsOut !== undefined ? bitsOut * 8 : undefined,
      codecs: codecs(all, [...inbound, ...outbound]),
      packetsLost: Math.max(0, sum(inbound, "packetsLost")),
    },
    baseline,
  };
}

/** The selected pair's own measure: consent checks run whatever the media does. */
function roundTripMs(all: readonly Readonly<Record<string, unknown>>[]): number | undefined {
  const transport = all.find((entry) => entry["type"] === "transport" && entry["selectedCandidatePairId"]);
  const pairs = all.filter((entry) => entry["type"] === "candidate-pair");
  const selected =
    pairs.find((pair) => pair["id"] === transport?.["selectedCandidatePairId"]) ??
    pairs.find((pair) => pair["nominated"] === true && pair["state"] === "succeeded"); // Firefox has no transport entry.
  const seconds = numberOf(selected?.["currentRoundTripTime"]);
  return seconds === undefined ? undefined : seconds * 1000;
}

function codecs(
  all: readonly Readonly<Record<string, unknown>>[],
  streams: readonly Readonly<Record<string, unknown>>[],
): readonly string[] {
  const names = streams
    .map((stream) => all.find((entry) => entry["type"] === "codec" && entry["id"] === stream["codecId"])?.["mimeType"])
    .filter((mimeType) => typeof mimeType === "string")
    .toSorted((a, b) => Number(b.startsWith("video/")) - Number(a.startsWith("video/")))
    .map((mimeType) => mimeType.slice(mimeType.indexOf("/") + 1));
  return [...new Set(names)];
}

function sum(entries: readonly Readonly<Record<string, unknown>>[], name: string): number {
  return entries.reduce((total, entry) => total + (numberOf(entry[name]) ?? 0), 0);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
