import { LoadGenerator } from "../generator/load-generator.ts";
import { sleep } from "../process/child-process.ts";
import { readProcessUsage } from "../process/process-usage.ts";
import { type ServerName, ServerUnderTest } from "../servers/server-under-test.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/** What hundreds of peers that came and went have left behind. */
export interface ChurnResult {
  readonly server: ServerName;
  readonly cycles: number;
  readonly failures: number;
  /** Resident memory in MB: of the idle server, after the first tenth of the cycles, and after all of them. */
  readonly idleMegabytes: number;
  readonly warmMegabytes: number;
  readonly finalMegabytes: number;
  /** The same after every tenth, to tell a plateau from a leak. */
  readonly megabytesPerTenth: readonly number[];
  readonly sessionsLeft: number;
  /** From the last goodbye until the server held no session any more. */
  readonly slotsFreeAfterSeconds: number;
}

export interface ChurnOptions {
  readonly cycles: number;
  readonly codec: BenchCodec | undefined;
}

const FREE_TIMEOUT_MS = 45_000;
const TENTHS = 10;
const SETTLE_MS = 2000;
/** Enough for a cycle every second. */
const CYCLE_TIMEOUT_MS = 1000;

/** Lets peers connect, see their first picture and leave, over and over, on a server started for this alone. */
export async function measureChurn(name: ServerName, { cycles, codec }: ChurnOptions): Promise<ChurnResult> {
  await using server = await ServerUnderTest.start(name);
  await using generator = await LoadGenerator.start(codec);
  const idleMegabytes = residentMegabytes(server);
  const run = async (count: number): Promise<number> => {
    const request = { type: "churn", url: server.url, cycles: count, ...(codec && { codec }) } as const;
    const { failures } = await generator.ask(request, "churned", 30_000 + count * CYCLE_TIMEOUT_MS);
    for (const failure of new Set(failures)) console.log(`  ${name}: ${failure}`);
    return failures.length;
  };
  let failures = 0;
  const megabytesPerTenth: number[] = [];
  for (let tenth = 0; tenth < TENTHS; tenth++) {
    failures += await run(Math.ceil(cycles / TENTHS));
    megabytesPerTenth.push(residentMegabytes(server));
  }
  const freed = await slotsFree(server);
  await sleep(SETTLE_MS);
  server.assertRunning();
  return {
    server: name,
    cycles,
    failures,
    idleMegabytes,
    warmMegabytes: megabytesPerTenth[0] ?? idleMegabytes,
    finalMegabytes: residentMegabytes(server),
    megabytesPerTenth,
    sessionsLeft: freed.sessionsLeft,
    slotsFreeAfterSeconds: freed.seconds,
  };
}

/** Waits until the server says that it holds no session, but not for ever. */
export async function slotsFree(server: ServerUnderTest): Promise<{ seconds: number; sessionsLeft: number }> {
  const startedAtMs = performance.now();
  for (;;) {
    const sessionsLeft = await server.sessions();
    const elapsedMs = performance.now() - startedAtMs;
    if (sessionsLeft === 0 || elapsedMs > FREE_TIMEOUT_MS) return { seconds: elapsedMs / 1000, sessionsLeft };
    await sleep(100);
  }
}

function residentMegabytes(server: ServerUnderTest): number {
  return readProcessUsage(server.pid).residentBytes / 2 ** 20;
}
