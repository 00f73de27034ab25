import { NETWORK_HEAD, networkRows } from "../network/network-table.ts";
import { budgetRows, type Budget } from "./budgets.ts";
import type { BenchResults } from "./results.ts";
import { percentile, round, type Spread } from "./statistics.ts";
import { table } from "./table.ts";

/** Prints every part that ran, then the budgets. */
export function printResults(results: BenchResults, budgets: readonly Budget[]): void {
  const tables = [latencyTable(results), firstPictureTable(results), codecTable(results), loadTable(results)];
  for (const text of [
    ...tables,
    churnTable(results),
    killTable(results),
    echoTable(results),
    sipTable(results),
    networkTable(results),
    voicesTable(results),
    turnsTable(results),
    pageTable(results),
  ])
    if (text !== undefined) console.log(text);
  if (budgets.length > 0) {
    console.log(table("Budgets", ["", "", "figure", "budget"], budgetRows(budgets)));
  }
  for (const failure of results.failures) console.log(`\nFAILED ${failure}`);
}

function sipTable({ sip }: BenchResults): string | undefined {
  if (sip.length === 0) return undefined;
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  return table(
    "Telephone calls by sipp whose sound comes back; a packet is late when it comes 40 ms after the usual one of its call",
    [
      "calls",
      "done",
      "late",
      "missing",
      "delay p95 ms",
      "p99",
      "sender's own lag p95 ms",
      "without us: late",
      "p95 ms",
      "server CPU ms/s",
      "per call",
      "holds",
    ],
    sip.map((result) => [
      String(result.calls),
      String(result.succeeded),
      percent(result.lateShare),
      percent(result.missingShare),
      String(round(result.delayMs.p95)),
      String(round(result.delayMs.p99)),
      String(round(result.senderLagMs.p95)),
      percent(result.floorLateShare),
      String(round(result.floorDelayMs.p95)),
      String(Math.round(result.serverCpuMsPerSecond)),
      String(round(result.cpuPerCall)),
      result.holds ? "yes" : "no",
    ]),
  );
}

function pageTable({ page }: BenchResults): string | undefined {
  if (page.length === 0) return undefined;
  return table(
    `The built-in page with an empty cache, the CPU ${page[0]?.cpuSlowdown} times slower; medians`,
    ["network", "requests", "bytes", "first content ms", "usable ms", "blocked ms"],
    page.map((result) => [
      result.network,
      String(result.requests),
      String(result.bytes),
      ...[result.firstContentMs, result.usableMs, result.blockedMs].map((times) =>
        String(round(percentile(times, 0.5))),
      ),
    ]),
  );
}

function turnsTable({ turns }: BenchResults): string | undefined {
  if (turns.length === 0) return undefined;
  return table(
    `Turns of spoken dialogues (${turns[0]?.seeds} seeds), the same and with the same voice detector for each rule, in simulated time`,
    [
      "rule",
      "end to handler ms",
      "p95",
      "unanswered",
      "false cuts",
      "lost onsets",
      "onset to silence ms",
      "p95",
      "replies lost",
    ],
    turns.map((result) => [
      result.rule,
      String(Math.round(result.endToHandlerMs.mean)),
      String(Math.round(result.endToHandlerMs.p95)),
      `${result.unanswered} of ${result.dialogues}`,
      `${result.falseCuts} in ${result.pauses} pauses`,
      `${result.firstSyllablesLost} of ${result.dialogues}`,
      String(Math.round(result.onsetToSilenceMs.mean)),
      String(Math.round(result.onsetToSilenceMs.p95)),
      `${result.repliesLost} of ${result.backchannels}`,
    ]),
  );
}

function voicesTable({ voices }: BenchResults): string | undefined {
  if (voices.length === 0) return undefined;
  return table(
    "Silero VAD, voices heard at once in one process",
    ["voices", "CPU ms/s", "us per 32 ms", "longest ms", "loop delay p99 ms", "speech %"],
    voices.map((result) => [
      String(result.voices),
      ...[result.cpuMsPerSecond, result.cpuUsPerWindow].map((value) => String(round(value))),
      ...[result.longestWindowMs, result.loopDelayP99Ms, 100 * result.speechShare].map((value) => value.toFixed(1)),
    ]),
  );
}

function latencyTable({ latency }: BenchResults): string | undefined {
  if (latency.length === 0) return undefined;
  const floor = latency.find(({ server }) => server === "passthrough")?.latencyMs;
  const ratio = (value: number, of: number | undefined): string => (of === undefined ? "" : (value / of).toFixed(2));
  return table(
    "Glass to glass, 640x480 at 30 fps, Chromium on the same machine (ms)",
    [
      "server",
      "codec",
      "p50",
      "p95",
      "p99",
      "p50/floor",
      "p95/floor",
      "composed p50",
      "arrived p50",
      "fps",
      "freezes",
      "kbit/s in",
      "out",
      "CPU ms/s",
      "picture",
    ],
    latency.map((result) => [
      result.server,
      result.codec.replace("video/", ""),
      ...spreadCells(result.latencyMs),
      ratio(result.latencyMs.p50, floor?.p50),
      ratio(result.latencyMs.p95, floor?.p95),
      String(round(result.presentedMs.p50)),
      String(round(result.arrivalMs.p50)),
      result.fps.toFixed(1),
      String(result.freezes),
      String(round(result.sentKbps)),
      String(round(result.receivedKbps)),
      String(round(result.serverCpuMsPerSecond)),
      [...Object.keys(result.resolutions), result.isFlipped && "flipped", result.hasCaption && "caption"]
        .filter(Boolean)
        .join(" "),
    ]),
  );
}

function firstPictureTable({ firstPicture }: BenchResults): string | undefined {
  if (firstPicture.length === 0) return undefined;
  const cells = (values: readonly number[]): string[] =>
    [percentile(values, 0.5), Math.max(...values)].map((ms) => String(round(ms)));
  return table(
    "Click to first returned picture (ms)",
    ["server", "median", "worst", "dead STUN median", "worst"],
    firstPicture.map((result) => [result.server, ...cells(result.withoutStunMs), ...cells(result.withDeadStunMs)]),
  );
}

function codecTable({ codecs }: BenchResults): string | undefined {
  if (codecs.length === 0) return undefined;
  return table(
    "Bare codec, one stream's pictures decoded and encoded (CPU ms per second of video)",
    ["codec", "both", "decode", "kbit/s"],
    codecs.map((floor) => [
      floor.codec,
      ...[floor.cpuMsPerSecond, floor.decodeMsPerSecond, floor.kilobitsPerSecond].map((value) => String(round(value))),
    ]),
  );
}

function loadTable({ load }: BenchResults): string | undefined {
  if (load.length === 0) return undefined;
  return table(
    "Load (server and generator share the machine; CPU in ms per second, latency in ms)",
    [
      "server",
      "codec",
      "streams",
      "holds",
      "slowest fps",
      "mean fps",
      "sent fps",
      "CPU/stream",
      "CPU",
      "RSS MB",
      "generator CPU",
      "first p50",
      "p95",
      "last p50",
      "p95",
      "kbit/s out",
    ],
    load.map((step) => [
      step.server,
      step.codec,
      String(step.streams),
      step.holds ? "yes" : "no",
      step.slowestFps.toFixed(1),
      step.meanFps.toFixed(1),
      step.sentFps.toFixed(1),
      String(round(step.serverCpuPerStream)),
      String(round(step.serverCpuMsPerSecond)),
      String(round(step.residentMegabytes)),
      String(round(step.generatorCpuMsPerSecond)),
      ...spreadCells(step.firstLatencyMs).slice(0, 2),
      ...spreadCells(step.lastLatencyMs).slice(0, 2),
      String(round(step.returnedKbps)),
    ]),
  );
}

function churnTable({ churn }: BenchResults): string | undefined {
  if (churn.length === 0) return undefined;
  return table(
    "Connects and disconnects, each up to the first returned picture",
    [
      "server",
      "cycles",
      "failed",
      "RSS idle MB",
      "warm",
      "after",
      "growth",
      "per tenth",
      "slots left",
      "all free after s",
    ],
    churn.map((result) => [
      result.server,
      String(result.cycles),
      String(result.failures),
      ...[
        result.idleMegabytes,
        result.warmMegabytes,
        result.finalMegabytes,
        result.finalMegabytes - result.warmMegabytes,
      ].map((value) => String(round(value))),
      result.megabytesPerTenth.map((value) => Math.round(value)).join(" "),
      String(result.sessionsLeft),
      String(round(result.slotsFreeAfterSeconds)),
    ]),
  );
}

function killTable({ kill }: BenchResults): string | undefined {
  if (kill.length === 0) return undefined;
  return table(
    "A killed browser",
    ["server", "slot free after s"],
    kill.map((result) => [
      result.server,
      result.sessionsLeft === 0 ? String(round(result.slotFreeAfterSeconds)) : "never",
    ]),
  );
}

function echoTable({ echo }: BenchResults): string | undefined {
  if (echo.length === 0) return undefined;
  return table(
    "WebSocket audio echo, 20 ms of mu-law at 8 kHz (server and generator share the machine; CPU in ms per second, lag in ms)",
    [
      "server",
      "streams",
      "holds",
      "CPU/stream",
      "CPU",
      "RSS MB",
      "generator CPU",
      "sent/s",
      "worst share %",
      "lag p50",
      "p95",
      "p99",
      "worst p95",
      "drift ms/s",
      "worst",
    ],
    echo.map((step) => [
      step.server,
      String(step.streams),
      step.holds ? "yes" : "no",
      step.serverCpuPerStream.toFixed(2),
      String(round(step.serverCpuMsPerSecond)),
      String(round(step.residentMegabytes)),
      String(round(step.generatorCpuMsPerSecond)),
      step.sentPerSecond.toFixed(1),
      (step.worstShare * 100).toFixed(1),
      ...spreadCells(step.lagMs),
      String(round(step.worstLagMs)),
      step.driftMs.toFixed(2),
      step.worstDriftMs.toFixed(2),
    ]),
  );
}

function networkTable({ network }: BenchResults): string | undefined {
  if (network.length === 0) return undefined;
  return table(
    "Bad networks, the same in both directions, through a lossy UDP relay",
    NETWORK_HEAD,
    networkRows(network),
  );
}

function spreadCells({ p50, p95, p99 }: Spread): string[] {
  return [p50, p95, p99].map((value) => value.toFixed(1));
}
