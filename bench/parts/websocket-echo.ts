import { sleep } from "../process/child-process.ts";
import { cpuMsPerSecond, readProcessUsage } from "../process/process-usage.ts";
import { type Spread, percentile, spread } from "../report/statistics.ts";
import type { EchoReply } from "../websocket/echo-messages.ts";
import type { EchoGenerator } from "../websocket/echo-generator.ts";
import type { EchoServer, EchoServerName } from "../websocket/echo-server.ts";

/** What a stream must get back of what it sent: less is silence that the listener hears. */
const SHARE_WANTED = 0.98;
/**
 * The delay that 95 of 100 packets of every stream may have, in milliseconds: up to here ITU-T G.114 sees no harm to a
 * conversation. It leaves room for what the machine does now and then, not for a queue.
 */
const LAG_WANTED_MS = 150;
/** An echo that gets later by more than this in a second drifts, in milliseconds per second … */
const DRIFT_WANTED = 1;
/** … if it adds up to more than this, which is beyond what the scheduler's moods do, in milliseconds. */
const DRIFT_NOISE_MS = 30;
/** Other work on the machine can spoil a turn: one that does not hold is tried once more, and said to have been. */
const ATTEMPTS = 2;
/** With fewer packets a second the generator was out of breath itself, and nothing is known of the server. */
const SENT_WANTED = 49.5;

export interface EchoStep {
  readonly server: EchoServerName;
  readonly streams: number;
  readonly failures: readonly string[];
  readonly serverCpuMsPerSecond: number;
  readonly serverCpuPerStream: number;
  readonly residentMegabytes: number;
  readonly generatorCpuMsPerSecond: number;
  /** Packets a second that the generator managed to send, per stream: below 50 it was out of breath itself. */
  readonly sentPerSecond: number;
  /** Of the stream that got the least back. */
  readonly worstShare: number;
  readonly lagMs: Spread;
  /** The 95th percentile of the stream with the highest. */
  readonly worstLagMs: number;
  /** How much later the echo gets, in milliseconds per second: of all streams together, and of the worst. */
  readonly driftMs: number;
  readonly worstDriftMs: number;
  /** 2 when the first turn did not hold. */
  readonly attempt: number;
  readonly holds: boolean;
}

export interface EchoOptions {
  readonly streams: readonly number[];
  readonly seconds: number;
  readonly warmUpMs: number;
}

/** Puts rising numbers of echo streams on each server, turn by turn, until it no longer keeps up. */
export async function measureWebSocketEcho(
  servers: readonly EchoServer[],
  generator: EchoGenerator,
  { streams, ...options }: EchoOptions,
): Promise<EchoStep[]> {
  console.log(
    `  A number of streams holds when none fails, each gets back ${SHARE_WANTED * 100} % or more of its sound, 95 % of each one's packets ` +
      `return within ${LAG_WANTED_MS} ms,\n  and the mean delay rises by no more than ${DRIFT_WANTED} ms/s or ${DRIFT_NOISE_MS} ms in all, ` +
      `${options.warmUpMs / 1000} s after connecting, over ${options.seconds} s; in ${ATTEMPTS} attempts.`,
  );
  const steps: EchoStep[] = [];
  const holding = new Set(servers);
  for (const count of streams) {
    for (const server of holding) {
      let step: EchoStep | undefined;
      for (let attempt = 1; attempt <= ATTEMPTS && !step?.holds; attempt += 1) {
        step = { ...(await echoStep(generator, server, count, options)), attempt };
        print(step);
      }
      if (!step) continue;
      steps.push(step);
      if (!step.holds) holding.delete(server);
    }
  }
  return steps;
}

function print(step: EchoStep): void {
  console.log(
    `  ${step.server}, ${step.streams} streams: ${verdict(step)}, ` +
      `${step.serverCpuMsPerSecond.toFixed(0)} ms/s, ${((step.serverCpuPerStream / step.sentPerSecond) * 1000).toFixed(1)} us per echo, lag p50 ${step.lagMs.p50.toFixed(1)} p95 ${step.lagMs.p95.toFixed(1)} ms, worst p95 ${step.worstLagMs.toFixed(0)} ms, ` +
      `drift ${step.driftMs.toFixed(2)} ms/s, worst share ${(step.worstShare * 100).toFixed(1)} %, ` +
      `generator ${step.generatorCpuMsPerSecond.toFixed(0)} ms/s at ${step.sentPerSecond.toFixed(1)} packets/s`,
  );
}

function verdict({ holds, attempt, sentPerSecond }: EchoStep): string {
  if (sentPerSecond < SENT_WANTED) return "the generator could not send it";
  return `${holds ? "holds" : "falls behind"}${attempt > 1 ? ` in attempt ${attempt}` : ""}`;
}

async function echoStep(
  generator: EchoGenerator,
  server: EchoServer,
  count: number,
  { seconds, warmUpMs }: Omit<EchoOptions, "streams">,
): Promise<Omit<EchoStep, "attempt">> {
  const { failures } = await generator.ask({ type: "connect", url: server.url, streams: count }, "connected");
  try {
    await sleep(warmUpMs);
    await generator.ask({ type: "count" }, "counted");
    const before = readProcessUsage(server.pid);
    const perSecond: Extract<EchoReply, { type: "counted" }>[] = [];
    for (let second = 0; second < seconds; second += 1) {
      await sleep(1000);
      perSecond.push(await generator.ask({ type: "count" }, "counted"));
    }
    const after = readProcessUsage(server.pid);
    server.assertRunning();
    const problems = perSecond.at(-1)?.problems ?? [];
    const connected = perSecond[0]?.streams.length ?? 0;
    const byStream = Array.from({ length: connected }, (_, index) => {
      const counts = perSecond.map((reply) => reply.streams[index]);
      const sent = sum(counts.map((one) => one?.sent ?? 0));
      return {
        sent,
        share: sum(counts.map((one) => one?.returnedSeconds ?? 0)) / (sent / 50),
        p95: percentile(
          counts.flatMap((one) => one?.lagsMs ?? []),
          0.95,
        ),
        drift: slope(counts.map((one) => mean(one?.lagsMs ?? []))),
      };
    });
    const elapsedSeconds = sum(perSecond.map((reply) => reply.elapsedMs)) / 1000;
    const lagMs = spread(perSecond.flatMap((reply) => reply.streams.flatMap((stream) => stream.lagsMs)));
    const driftMs = slope(perSecond.map((reply) => mean(reply.streams.flatMap((stream) => stream.lagsMs))));
    const worstShare = Math.min(...byStream.map(({ share }) => share));
    const worstLagMs = Math.max(...byStream.map(({ p95 }) => p95));
    const serverCpu = cpuMsPerSecond(before, after);
    const allFailures = [...failures, ...problems];
    return {
      server: server.name,
      streams: count,
      failures: allFailures,
      serverCpuMsPerSecond: serverCpu,
      serverCpuPerStream: serverCpu / count,
      residentMegabytes: after.residentBytes / 2 ** 20,
      generatorCpuMsPerSecond: sum(perSecond.map((reply) => reply.cpuMs)) / elapsedSeconds,
      sentPerSecond: sum(byStream.map(({ sent }) => sent)) / count / elapsedSeconds,
      worstShare,
      lagMs,
      worstLagMs,
      driftMs,
      worstDriftMs: Math.max(...byStream.map(({ drift }) => drift)),
      holds:
        allFailures.length === 0 &&
        sum(byStream.map(({ sent }) => sent)) / count / elapsedSeconds >= SENT_WANTED &&
        worstShare >= SHARE_WANTED &&
        worstLagMs <= LAG_WANTED_MS &&
        driftMs <= Math.max(DRIFT_WANTED, DRIFT_NOISE_MS / seconds),
    };
  } finally {
    await generator.ask({ type: "disconnect" }, "disconnected");
    await sleep(1000);
  }
}

/** How much the values rise from one to the next, by least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  const products = values.map((value, index) => (index - middle) * (value - average));
  return values.length < 2 ? 0 : sum(products) / sum(values.map((_, index) => (index - middle) ** 2));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : sum(values) / values.length;
}
