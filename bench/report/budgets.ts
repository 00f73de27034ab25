import type { ServerName } from "../servers/server-under-test.ts";
import type { BenchResults } from "./results.ts";
import { percentile, round } from "./statistics.ts";

/** One promise of the project, held against this run. */
export interface Budget {
  readonly name: string;
  readonly figure: number;
  /** The figure may be at most this, or at least this when `atLeast`. */
  readonly limit: number;
  readonly atLeast: boolean;
  readonly unit: string;
  readonly passes: boolean;
}

/** The load at which the cost per stream is read: enough streams that a server's fixed cost no longer shows. */
const STREAMS_FOR_CPU = 8;

/** Compares the figures with the budgets. Budgets whose part did not run are left out. */
export function checkBudgets(results: BenchResults): Budget[] {
  const budgets: Budget[] = [];
  const check = (name: string, figure: number | undefined, limit: number, unit: string, atLeast = false): void => {
    if (figure === undefined) return;
    budgets.push({ name, figure, limit, atLeast, unit, passes: atLeast ? figure >= limit : figure <= limit });
  };
  const latency = byServer(results.latency);
  const [ours, floor, python] = [latency("fastrtc"), latency("passthrough"), latency("python")];
  if (ours && floor) {
    check("glass to glass p50 / passthrough", ours.latencyMs.p50 / floor.latencyMs.p50, 1.15, "x");
    check("glass to glass p95 / passthrough", ours.latencyMs.p95 / floor.latencyMs.p95, 1.15, "x");
  }
  const plain = latency("plain-passthrough");
  if (ours && plain) {
    check("glass to glass p50 / plain passthrough", ours.latencyMs.p50 / plain.latencyMs.p50, 1.15, "x");
    check("glass to glass p95 / plain passthrough", ours.latencyMs.p95 / plain.latencyMs.p95, 1.15, "x");
  }
  if (ours && python) check("glass to glass p50 / Python FastRTC", ours.latencyMs.p50 / python.latencyMs.p50, 0.5, "x");
  const firstPicture = byServer(results.firstPicture)("fastrtc");
  if (firstPicture) {
    check("click to first picture, median", percentile(firstPicture.withoutStunMs, 0.5), 400, "ms");
    check("the same with a dead STUN server", percentile(firstPicture.withDeadStunMs, 0.5), 400, "ms");
  }
  const load = results.load.filter(({ server }) => server === "fastrtc");
  const steady = load.findLast(({ codec, streams, holds }) => codec === "h264" && holds && streams <= STREAMS_FOR_CPU);
  check(`CPU per H.264 stream, ${steady?.streams ?? 0} streams`, steady?.serverCpuPerStream, 75, "ms/s");
  if (load.length > 0) {
    const held = Math.max(0, ...load.filter(({ holds }) => holds).map(({ streams }) => streams));
    check("streams at 25 fps or more, all equally fresh", held, 20, "", true);
  }
  const churn = byServer(results.churn)("fastrtc");
  if (churn) {
    check(`memory after ${churn.cycles} connects`, churn.finalMegabytes - churn.warmMegabytes, 60, "MB");
    check("slots still taken after them", churn.sessionsLeft, 0, "");
    check("cycles that failed", churn.failures, 0, "");
  }
  check("slot free after a killed browser", byServer(results.kill)("fastrtc")?.slotFreeAfterSeconds, 10, "s");
  const echoes = results.echo.filter(({ server, holds }) => server === "fastrtc" && holds);
  if (results.echo.length > 0) {
    check("WebSocket audio echoes without drift", Math.max(0, ...echoes.map(({ streams }) => streams)), 1000, "", true);
  }
  const ownTurns = results.turns.find(({ rule }) => rule === "fastrtc for TypeScript");
  const blockTurns =
    results.turns.find(({ rule }) => rule === "Python FastRTC") ??
    results.turns.find(({ rule }) => rule === "FastRTC's rule");
  if (ownTurns && blockTurns) {
    check("end of turn to handler, mean", ownTurns.endToHandlerMs.mean, 450, "ms");
    check(`false cuts, beside ${blockTurns.rule}`, ownTurns.falseCuts, blockTurns.falseCuts, "");
    check("onset of an interruption to silence, p95", ownTurns.onsetToSilenceMs.p95, 250, "ms");
    check("replies lost to a backchannel or a cough", ownTurns.repliesLost, 0, "");
  }
  return budgets;
}

/** One line per budget. */
export function budgetRows(budgets: readonly Budget[]): string[][] {
  return budgets.map(({ name, figure, limit, atLeast, unit, passes }) => [
    passes ? "PASS" : "MISS",
    name,
    `${roundRatio(figure, unit)} ${unit}`.trim(),
    `${atLeast ? ">=" : "<="} ${limit} ${unit}`.trim(),
  ]);
}

function roundRatio(figure: number, unit: string): number {
  return unit === "x" ? Math.round(figure * 100) / 100 : round(figure);
}

function byServer<Result extends { readonly server: ServerName }>(results: readonly Result[]) {
  return (name: ServerName): Result | undefined => results.find(({ server }) => server === name);
}
