import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child, freePort, sleep, startProgram } from "../process/child-process.ts";
import { cpuMsPerSecond, readProcessUsage } from "../process/process-usage.ts";
import { type Spread, percentile, spread } from "../report/statistics.ts";
import { CALLER_SCENARIO } from "../sip/caller-scenario.ts";
import { type EchoPacket, ToneCaller } from "../sip/tone-caller.ts";

const PACKET_MS = 20;
/** So much a telephone keeps in hand against jitter when the usual packet comes, in milliseconds: what is later cannot be played in its time. */
const LATE_MS = 40;
/** The share of packets that may be late or missing. */
const LATE_WANTED = 0.01;
const CONNECT_TIMEOUT_MS = 20_000;
const HANG_UP_TIMEOUT_MS = 15_000;

/** So many calls at the same time. */
export interface SipResult {
  readonly calls: number;
  /** How many of them sipp saw through from its INVITE to our BYE. */
  readonly succeeded: number;
  /** Shares of all packets of echo that were to come, 0 to 1. */
  readonly lateShare: number;
  readonly missingShare: number;
  /** How much later than the usual packet of its call each came, the median, in milliseconds. */
  readonly delayMs: Spread;
  /** The same without SIP and without us: packets that a program of three lines sends back. */
  readonly floorLateShare: number;
  readonly floorDelayMs: Spread;
  /** By how much the sender of the calls' sound missed its own times, in milliseconds. */
  readonly senderLagMs: Spread;
  readonly serverCpuMsPerSecond: number;
  readonly cpuPerCall: number;
  readonly holds: boolean;
}

/** Has sipp make calls, sends each its sound, and looks at how its echo comes back. */
export async function measureSip(
  calls: number,
  { seconds, warmUpMs }: { readonly seconds: number; readonly warmUpMs: number },
): Promise<SipResult> {
  const port = await freePort();
  await using server = startProgram("sip", new URL("../sip/sip-program.ts", import.meta.url), [], {
    env: { PORT: String(port) },
  });
  await until(
    () => server.output.includes("listening"),
    CONNECT_TIMEOUT_MS,
    () => server.output,
  );
  const callers = await Promise.all(Array.from({ length: calls }, () => ToneCaller.open()));
  const folder = mkdtempSync(join(tmpdir(), "fastrtc-bench-sip-"));
  try {
    writeFileSync(join(folder, "scenario.xml"), CALLER_SCENARIO);
    writeFileSync(join(folder, "fields.csv"), `SEQUENTIAL\n${callers.map((caller) => caller.port).join("\n")}\n`);
    const files = ["-sf", join(folder, "scenario.xml"), "-inf", join(folder, "fields.csv")];
    const count = ["-m", String(calls), "-l", String(calls), "-r", "25"];
    await using sipp = new Child("sipp", "sipp", [
      ...files,
      ...count,
      "-i",
      "127.0.0.1",
      "-nostdin",
      `127.0.0.1:${port}`,
    ]);
    await until(
      () => callers.every(({ isConnected }) => isConnected),
      CONNECT_TIMEOUT_MS,
      () => sipp.output,
    );
    const sender = new PacedSender(callers);
    await sleep(warmUpMs);
    for (const caller of callers) caller.takeEcho();
    sender.lagsMs.length = 0;
    const before = readProcessUsage(server.pid);
    await sleep(seconds * 1000);
    const after = readProcessUsage(server.pid);
    const echoes = callers.map((caller) => caller.takeEcho());
    sender.stop();
    const delaysMs = echoes.flatMap(delaysOf);
    const wanted = (calls * seconds * 1000) / PACKET_MS;
    const missing = echoes.reduce((sum, echo) => sum + missingOf(echo), 0);
    const late = delaysMs.filter((delayMs) => delayMs > LATE_MS).length;
    server.process.kill("SIGTERM");
    await until(
      () => sipp.hasEnded,
      HANG_UP_TIMEOUT_MS,
      () => sipp.output,
    );
    const succeeded = sipp.process.exitCode === 0 ? calls : successful(sipp.output);
    const serverCpu = cpuMsPerSecond(before, after);
    const [lateShare, missingShare] = [late / wanted, missing / wanted];
    return {
      calls,
      succeeded,
      lateShare,
      missingShare,
      delayMs: spread(delaysMs),
      ...(await measureFloor(calls, { seconds, warmUpMs })),
      senderLagMs: spread(sender.lagsMs),
      serverCpuMsPerSecond: serverCpu,
      cpuPerCall: serverCpu / calls,
      holds: succeeded === calls && lateShare + missingShare < LATE_WANTED,
    };
  } finally {
    await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How the sound of so many calls comes back from a program that does nothing else. */
async function measureFloor(
  calls: number,
  { seconds, warmUpMs }: { readonly seconds: number; readonly warmUpMs: number },
): Promise<Pick<SipResult, "floorLateShare" | "floorDelayMs">> {
  await using reflector = startProgram("reflector", new URL("../sip/reflector-program.ts", import.meta.url), []);
  await until(
    () => reflector.output.includes("listening"),
    CONNECT_TIMEOUT_MS,
    () => reflector.output,
  );
  const port = Number(/listening at (\d+)/.exec(reflector.output)?.[1]);
  const callers = await Promise.all(Array.from({ length: calls }, () => ToneCaller.open()));
  for (const caller of callers) caller.talkTo(port);
  const sender = new PacedSender(callers);
  await sleep(warmUpMs);
  for (const caller of callers) caller.takeEcho();
  await sleep(seconds * 1000);
  const delaysMs = callers.flatMap((caller) => delaysOf(caller.takeEcho()));
  sender.stop();
  await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
  return {
    floorLateShare: (delaysMs.filter((delayMs) => delayMs > LATE_MS).length * PACKET_MS) / (calls * seconds * 1000),
    floorDelayMs: spread(delaysMs),
  };
}

/** Sends every call 50 packets a second; what a late timer left out is sent when it rings. */
class PacedSender {
  readonly lagsMs: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(callers: readonly ToneCaller[]) {
    // A fifth of the calls every 4 ms, as calls do not begin in step.
    const begin = performance.now();
    let turn = 0;
    this.#timer = setInterval(() => {
      for (; begin + turn * 4 <= performance.now(); turn += 1) {
        this.lagsMs.push(performance.now() - (begin + turn * 4));
        for (let index = turn % 5; index < callers.length; index += 5) callers[index]?.send();
      }
    }, 2);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function delaysOf(echo: readonly EchoPacket[]): number[] {
  const usual = percentile(
    echo.map(({ transitMs }) => transitMs),
    0.5,
  );
  return echo.map(({ transitMs }) => transitMs - usual);
}

/** How many numbers between the first packet and the last did not come, or were of silence in place of sound. */
function missingOf(echo: readonly EchoPacket[]): number {
  const [first, last] = [echo[0], echo.at(-1)];
  return first && last ? ((last.number - first.number + 0x1_0000) & 0xffff) + 1 - echo.length : 0;
}

function successful(output: string): number {
  return Number(/Successful call\s*\|\s*\d+\s*\|\s*(\d+)/.exec(output)?.[1] ?? 0);
}

async function until(claim: () => boolean, timeoutMs: number, output: () => string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!claim()) {
    if (performance.now() > deadline) throw new Error(`It took more than ${timeoutMs / 1000} s:\n${output()}`);
    await sleep(20);
  }
}
