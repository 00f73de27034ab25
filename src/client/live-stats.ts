import type { JsonFields } from "../protocol/json-fields.ts";
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
export type StatsEntries = Iterable<JsonFields>;

/** Condenses a report of `RTCPeerConnection.getStats()`; rates need the baseline of the reading before. */
export function readStats(entries: StatsEntries, before?: StatsBaseline): StatsReading {
  const all = [...entries];
  const inbound = ofType(all, "inbound-rtp");
  const outbound = ofType(all, "outbound-rtp");
  const streams = [...inbound, ...outbound];
  const inboundVideo = inbound.find(isVideo);
  const outboundVideo = outbound.find(isVideo);
  const picture = inboundVideo ?? outboundVideo;
  const baseline: StatsBaseline = {
    timestampMs: Math.max(0, ...streams.map(({ timestamp }) => numberOf(timestamp) ?? 0)),
    bytesReceived: sum(inbound, "bytesReceived"),
    bytesSent: sum(outbound, "bytesSent"),
    framesDecoded: numberOf(inboundVideo?.["framesDecoded"]) ?? 0,
    framesSent: numberOf(outboundVideo?.["framesSent"]) ?? 0,
  };
  const seconds = before ? (baseline.timestampMs - before.timestampMs) / 1000 : 0;
  /** How much more there is per second, where such streams are. */
  const rate = (of: unknown, name: keyof StatsBaseline, factor = 1): number | undefined =>
    of && before && seconds > 0 ? (Math.max(0, baseline[name] - before[name]) / seconds) * factor : undefined;
  return {
    stats: {
      framesPerSecond: rate(picture, inboundVideo ? "framesDecoded" : "framesSent"),
      roundTripMs: roundTripMs(all),
      width: numberOf(picture?.["frameWidth"]),
      height: numberOf(picture?.["frameHeight"]),
      inboundBitrate: rate(inbound[0], "bytesReceived", 8),
      outboundBitrate: rate(outbound[0], "bytesSent", 8),
      codecs: codecs(all, streams),
      packetsLost: Math.max(0, sum(inbound, "packetsLost")),
    },
    baseline,
  };
}

/** The selected pair's own measure: consent checks run whatever the media does. */
function roundTripMs(all: readonly JsonFields[]): number | undefined {
  const selectedId = ofType(all, "transport").find((entry) => entry["selectedCandidatePairId"])?.[
    "selectedCandidatePairId"
  ];
  const pairs = ofType(all, "candidate-pair");
  const selected =
    pairs.find(({ id }) => id === selectedId) ??
    pairs.find(({ nominated, state }) => nominated === true && state === "succeeded"); // Firefox has no transport entry.
  const seconds = numberOf(selected?.["currentRoundTripTime"]);
  return seconds === undefined ? undefined : seconds * 1000;
}

function codecs(all: readonly JsonFields[], streams: readonly JsonFields[]): readonly string[] {
  const known = ofType(all, "codec");
  const names = streams
    .toSorted((a, b) => Number(isVideo(b)) - Number(isVideo(a)))
    .map(({ codecId }) => known.find(({ id }) => id === codecId)?.["mimeType"])
    .filter((mimeType) => typeof mimeType === "string")
    .map((mimeType) => mimeType.slice(mimeType.indexOf("/") + 1));
  return [...new Set(names)];
}

function ofType(entries: readonly JsonFields[], type: string): readonly JsonFields[] {
  return entries.filter((entry) => entry["type"] === type);
}

function isVideo({ kind }: JsonFields): boolean {
  return kind === "video";
}

function sum(entries: readonly JsonFields[], name: string): number {
  return entries.reduce((total, entry) => total + (numberOf(entry[name]) ?? 0), 0);
}

function numberOf(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined;
}
