// `npm run fuzz`: every parser with ten million inputs. `-- --help` tells the options.
import { parseArgs } from "node:util";
import { type FuzzReport, MAX_GROWTH_BYTES, fuzz } from "./fuzz-run.ts";
import { fuzzTargets, inputsOf } from "./fuzz-targets.ts";

const USAGE = `npm run fuzz -- [options]

  --inputs n      inputs for all parsers together (default: 10000000)
  --each n        inputs for each parser, however dear it is: ten million take hours
  --seed n        another seed gives other inputs; the same one the same (default: the day, as 20261231)
  --minutes n     how long it takes at most; a parser may take a fourth of what is left (default: 30)
  --only text     only parsers whose names contain this`;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "10000000" },
    each: { type: "string" },
    seed: { type: "string", default: new Date().toISOString().slice(0, 10).replaceAll("-", "") },
    minutes: { type: "string", default: "30" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else process.exitCode = await run();

async function run(): Promise<number> {
  const targets = fuzzTargets.filter(({ name }) => name.includes(values.only));
  const seed = Number(values.seed);
  const startMs = performance.now();
  console.log(`seed ${seed}`);
  let [inputs, failed] = [0, 0];
  const endMs = startMs + Number(values.minutes) * 60_000;
  for (const [index, target] of targets.entries()) {
    // What one leaves of its time the others have.
    const maxMs = (endMs - performance.now()) / Math.min(4, targets.length - index);
    const report = await fuzz(target, {
      inputs: Number(values.each ?? inputsOf(target, Number(values.inputs))),
      seed,
      maxMs,
    });
    inputs += report.inputs;
    if (!holds(report)) failed += 1;
    print(report);
  }
  const seconds = (performance.now() - startMs) / 1000;
  console.log(`${inputs} inputs in ${seconds.toFixed(0)} s; ${targets.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function holds({ failures, grownBytes }: FuzzReport): boolean {
  return failures.length === 0 && grownBytes <= MAX_GROWTH_BYTES;
}

function print(report: FuzzReport): void {
  const { name, inputs, accepted, cpuMicrosecondsPerInput, slowestMs, grownBytes, failures } = report;
  const figures = [
    `${inputs} inputs`,
    `${((100 * accepted) / inputs).toFixed(1)} % made sense`,
    `${cpuMicrosecondsPerInput.toFixed(1)} µs of CPU each`,
    `slowest ${slowestMs.toFixed(1)} ms`,
    `memory ${(grownBytes / 1e6).toFixed(1)} MB`,
  ];
  console.log(`${holds(report) ? "PASS" : "FAIL"} ${name}: ${figures.join(", ")}`);
  for (const { input, reason } of failures) console.log(`  ${reason}\n  input ${input}`);
}
