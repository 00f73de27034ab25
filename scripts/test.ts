// `npm test`: builds what the tests run against, sees to a browser, runs every test, and closes with one line that
// counts them. Arguments go to vitest: `npm test -- test/media`, `npm test -- --project unit`.
import { type TestCase, type TestModule, type Vitest, parseCLI, startVitest } from "vitest/node";
import { allowedSkips } from "../test/allowed-skips.ts";
import { buildWhatIsStale } from "./build-package.ts";
import { ensureChromium } from "./ensure-chromium.ts";
import { ensureNetworkTools } from "./ensure-network-tools.ts";

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);

try {
  process.env["CHROMIUM_PATH"] = await ensureChromium();
  await ensureNetworkTools();
  await buildWhatIsStale((name) => console.log(`Building the ${name} ...`));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const vitest = await startVitest("test", filter, { ...options, watch: false, allowOnly: false });
const outcome = count(vitest, options.testNamePattern !== undefined);
await vitest.close();
for (const failure of outcome.failures) console.log(failure);
console.log(`${outcome.passed} passed, ${outcome.failures.length} failed`);
process.exit(outcome.failures.length > 0 || outcome.passed === 0 ? 1 : 0);

interface Outcome {
  readonly passed: number;
  /** One line for each test, file or stray error that failed. */
  readonly failures: readonly string[];
}

/** Counts from vitest's own results; a test that was skipped without a listed reason has failed. */
function count({ state }: Vitest, onlySomeByName: boolean): Outcome {
  let passed = 0;
  const failures: string[] = [];
  for (const module of state.getTestModules()) {
    const broken = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
    for (const error of broken) failures.push(`FAILED ${module.relativeModuleId}: ${error.message}`);
    for (const test of module.children.allTests()) {
      switch (test.result().state) {
        case "passed":
          passed += 1;
          break;
        case "failed":
          failures.push(`FAILED ${nameOf(module, test)}`);
          break;
        case "skipped":
          if (!onlySomeByName && !allowedSkips.has(test.fullName)) {
            failures.push(`SKIPPED without a reason in test/allowed-skips.ts: ${nameOf(module, test)}`);
          }
          break;
        case "pending":
          failures.push(`NEVER RUN ${nameOf(module, test)}`);
          break;
      }
    }
  }
  for (const error of state.getUnhandledErrors()) failures.push(`UNHANDLED ${messageOf(error)}`);
  return { passed, failures };
}

/** What a stray error says. From a worker it comes as a plain object. */
function messageOf(error: unknown): string {
  const isObject = typeof error === "object" && error !== null;
  return isObject && "message" in error ? String(error.message) : JSON.stringify(error);
}

function nameOf(module: TestModule, test: TestCase): string {
  return `${module.relativeModuleId} > ${test.fullName}`;
}
