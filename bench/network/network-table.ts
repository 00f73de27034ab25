import type { NetworkResult } from "../parts/network.ts";
import { round } from "../report/statistics.ts";

export const NETWORK_HEAD: readonly string[] = [
  "loss/RTT/rate",
  "server",
  "kbit/s",
  "demand up/down kbit/s",
  "fps",
  "p50 ms",
  "p95 ms",
  "freezes > 500 ms",
  "longest pause ms",
  "up/link",
  "up/possible",
  "down/link",
  "down/possible",
  "up estimate kbit/s",
  "up queue p95 ms",
  "down queue p95 ms",
  "sound concealed %",
  "relay late p50/p99 ms",
  "relay CPU ms/s",
];

/** One row for each network, server and rate; a call that failed has its reason in place of figures. */
export function networkRows(results: readonly NetworkResult[]): string[][] {
  return results.flatMap(({ server, cell, demand, video, sound, failures }) => {
    const concealed = sound ? (sound.concealed * 100).toFixed(1) : "failed";
    if (video.length === 0) return [[cell.name, server, "", `failed: ${failures[0]?.split("\n")[0] ?? ""}`]];
    return video.map((figures) => [
      cell.name,
      server,
      String(figures.rateKbps),
      demand ? `${Math.round(demand.upKbps)}/${Math.round(demand.downKbps)}` : "–",
      figures.fps.toFixed(1),
      milliseconds(figures.p50Ms),
      milliseconds(figures.p95Ms),
      String(figures.freezes),
      milliseconds(figures.longestPauseMs),
      figures.up.ofLink.toFixed(2),
      figures.up.ofPossible.toFixed(2),
      figures.down.ofLink.toFixed(2),
      figures.down.ofPossible.toFixed(2),
      String(Math.round(figures.upEstimateKbps)),
      milliseconds(figures.upQueueP95Ms),
      milliseconds(figures.downQueueP95Ms),
      concealed,
      `${figures.relayLatenessP50Ms.toFixed(1)}/${figures.relayLatenessP99Ms.toFixed(1)}`,
      String(round(figures.relayCpuMsPerSecond)),
    ]);
  });
}

/** The same as a table in Markdown, for docs/performance.md. */
export function networkMarkdown(results: readonly NetworkResult[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rows = networkRows(results).map((row) => line(NETWORK_HEAD.map((_, column) => row[column] ?? "")));
  return [line(NETWORK_HEAD), line(NETWORK_HEAD.map(() => "---")), ...rows, ""].join("\n");
}

function milliseconds(value: number): string {
  return Number.isNaN(value) ? "–" : String(Math.round(value));
}
