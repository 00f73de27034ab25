// `npm run bench`: how fast and how cheap the flip-webcam example is, next to its floors and to Python's FastRTC.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWhatIsStale } from "../scripts/build-package.ts";
import { type BenchOptions, type PartName, USAGE, readOptions } from "./options.ts";
import { measureChurn } from "./parts/churn.ts";
import { measureCodecFloor } from "./parts/codec-floor.ts";
import { measureFirstPicture } from "./parts/first-picture.ts";
import { measureKill } from "./parts/kill.ts";
import { measureLatency } from "./parts/latency.ts";
import { measureLoad } from "./parts/load.ts";
import { measureNetwork } from "./parts/network.ts";
import { measurePageLoad } from "./parts/page-load.ts";
import { networkMarkdown } from "./network/network-table.ts";
import { measureSip } from "./parts/sip.ts";
import { measureTurns } from "./parts/turns.ts";
import { measureVoices } from "./parts/voices.ts";
import { type EchoOptions, measureWebSocketEcho } from "./parts/websocket-echo.ts";
import { Chromium } from "./process/chromium.ts";
import { checkBudgets } from "./report/budgets.ts";
import { printResults } from "./report/print-results.ts";
import type { BenchResults, RunDescription } from "./report/results.ts";
import { peerVersions } from "./servers/fastrtc-environment.ts";
import { type ServerName, ServerUnderTest } from "./servers/server-under-test.ts";
import { EchoGenerator } from "./websocket/echo-generator.ts";
import { EchoServer } from "./websocket/echo-server.ts";

/** Python's FastRTC takes half a second per connect and half a minute to let go: fewer cycles show its growth as well. */
const PYTHON_CYCLES = 30;
const FIRST_PICTURE_ATTEMPTS = 5;
const PAGE_LOADS = 5;

const wanted = optionsOrUsage();
if (wanted) {
  try {
    process.exitCode = await bench(wanted);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}

function optionsOrUsage(): BenchOptions | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function bench(options: BenchOptions): Promise<number> {
  await buildWhatIsStale((name) => console.log(`Building the ${name} …`));
  const results: BenchResults = {
    run: await describeRun(options),
    latency: [],
    firstPicture: [],
    codecs: [],
    load: [],
    churn: [],
    kill: [],
    echo: [],
    sip: [],
    network: [],
    voices: [],
    turns: [],
    page: [],
    failures: [],
  };
  console.log(
    Object.entries(results.run)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  );
  for (const part of options.parts) {
    console.log(`\n${part} …`);
    try {
      await runPart(part, options, results);
    } catch (error) {
      // One part that fails must not cost the figures of the others.
      results.failures.push(`${part}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  const budgets = checkBudgets(results);
  printResults(results, budgets);
  const file =
    options.json ?? fileURLToPath(new URL(`results/${results.run.date.replaceAll(":", "-")}.json`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...results, budgets }, undefined, 2)}\n`);
  console.log(`\nWritten to ${file}`);
  if (results.network.length > 0) writeFileSync(file.replace(/(\.json)?$/, ".md"), networkMarkdown(results.network));
  const isMissed = budgets.some(({ passes }) => !passes) || results.failures.length > 0;
  return options.strict && isMissed ? 1 : 0;
}

async function runPart(part: PartName, options: BenchOptions, results: BenchResults): Promise<void> {
  const { codec, withPython, seconds, rounds, streams, cycles } = options;
  const rivals: ServerName[] = withPython ? ["fastrtc", "python"] : ["fastrtc"];
  const all: ServerName[] = [...rivals, "passthrough"];
  switch (part) {
    case "latency":
      results.latency = await withServers([...all, "plain-passthrough"], (servers) =>
        measureLatency(servers, { codec, rounds, seconds: seconds ?? 10, warmUpMs: 5000 }),
      );
      break;
    case "first-picture":
      results.firstPicture = await withServers(all, (servers) =>
        measureFirstPicture(servers, { codec, attempts: FIRST_PICTURE_ATTEMPTS }),
      );
      break;
    case "codec":
      results.codecs = [await measureCodecFloor("h264"), await measureCodecFloor("vp8")];
      break;
    case "load":
      results.load = await withServers(all, (servers) =>
        measureLoad(servers, { codec, streams, seconds: seconds ?? 5, warmUpMs: 3000 }),
      );
      break;
    case "churn":
      results.churn = [await measureChurn("fastrtc", { cycles, codec })];
      if (withPython) {
        const python = await measureChurn("python", { cycles: Math.min(cycles, PYTHON_CYCLES), codec });
        results.churn = [...results.churn, python];
      }
      break;
    case "kill":
      // Nothing is timed that the machine's load could change, so the waits go on at the same time.
      results.kill = await Promise.all(rivals.map(measureKill));
      break;
    case "websocket":
      results.echo = await measureEchoes(withPython, {
        streams: options.echoes,
        seconds: seconds ?? 10,
        warmUpMs: 10_000,
      });
      break;
    case "sip":
      for (const calls of options.calls) {
        results.sip = [...results.sip, await measureSip(calls, { seconds: seconds ?? 20, warmUpMs: 5000 })];
      }
      break;
    case "network":
      results.network = await measureNetwork({ ...options, seconds: seconds ?? 8, warmUpMs: 6000 });
      break;
    case "voices":
      results.voices = await measureVoices(options.voices, seconds ?? 10);
      break;
    case "turns":
      results.turns = await measureTurns({ count: options.dialogues, seeds: options.seeds, withPython });
      break;
    case "page": {
      await using server = await ServerUnderTest.start("fastrtc");
      results.page = await measurePageLoad(server, { loads: PAGE_LOADS, cpuSlowdown: 4 });
      break;
    }
  }
}

async function measureEchoes(withPython: boolean, options: EchoOptions): Promise<BenchResults["echo"]> {
  await using generator = new EchoGenerator();
  await using ours = await EchoServer.start("fastrtc");
  if (!withPython) return await measureWebSocketEcho([ours], generator, options);
  await using python = await EchoServer.start("python");
  return await measureWebSocketEcho([ours, python], generator, options);
}

async function withServers<Result>(
  names: readonly ServerName[],
  measure: (servers: readonly ServerUnderTest[]) => Promise<Result>,
): Promise<Result> {
  const servers: ServerUnderTest[] = [];
  try {
    for (const name of names) servers.push(await ServerUnderTest.start(name));
    return await measure(servers);
  } finally {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  }
}

async function describeRun({ withPython }: BenchOptions): Promise<RunDescription> {
  const loadBefore = loadavg()[0] ?? 0;
  await using chromium = await Chromium.launch();
  return {
    date: new Date().toISOString().slice(0, 19),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    chromium: chromium.browser.version(),
    ...(withPython && { python: await peerVersions() }),
    loadBefore,
  };
}
