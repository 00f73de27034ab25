// `npm run check`: everything about the code that is not a test. One line per step, the output of those that fail,
// and a line at the end that counts them.
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { buildWhatIsStale } from "./build-package.ts";
import { projectPath } from "./project.ts";
import { type RunResult, runNpm, runTool } from "./run-tool.ts";

interface Step {
  readonly name: string;
  run(): Promise<RunResult>;
}

/** TypeScript projects besides the one at the top: those whose code runs in a browser. */
const BROWSER_PROJECTS = ["src/client", "test/browser", "web", "examples/next"];

const STEPS: readonly Step[] = [
  { name: "types", run: () => runTool("typescript", ["--noEmit", "-p", "."]) },
  ...BROWSER_PROJECTS.map((project) => ({
    name: `types of ${project}`,
    run: () => runTool("typescript", ["--noEmit", "-p", project]),
  })),
  { name: "lint", run: () => runTool("oxlint", []) },
  { name: "format", run: () => runTool("oxfmt", ["--check"]) },
  {
    name: "unused files, exports and dependencies",
    run: () => runTool("knip", ["--no-progress", "--treat-config-hints-as-errors"]),
  },
  { name: "size of the page and the client", run: () => runTool("size-limit", []) },
  { name: "package", run: checkPackage },
];

const outcomes = [await timed({ name: "build", run: build })];
const waiting = [...STEPS];
const worker = async (): Promise<void> => {
  for (let step = waiting.shift(); step; step = waiting.shift()) outcomes.push(await timed(step));
};
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
const failed = outcomes.filter(({ passed }) => !passed).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function timed(step: Step): Promise<{ passed: boolean }> {
  const startedMs = performance.now();
  const { code, output } = await step.run().catch((error: unknown) => ({ code: 1, output: String(error) }));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${step.name} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return { passed: code === 0 };
}

async function build(): Promise<RunResult> {
  await buildWhatIsStale();
  return { code: 0, output: "" };
}

/** Packs the package as it would be published, and asks two judges whether everyone can import it. */
async function checkPackage(): Promise<RunResult> {
  const packed = await runNpm(["pack", "--ignore-scripts", "--json", "--pack-destination", projectPath(".cache/")]);
  if (packed.code !== 0) return packed;
  const tarball = projectPath(`.cache/${/"filename":\s*"([^"]+)"/.exec(packed.output)?.[1] ?? ""}`);
  try {
    for (const [judge, ...args] of [
      ["publint", "run", tarball, "--strict"],
      ["@arethetypeswrong/cli", tarball, "--profile", "esm-only", "--no-emoji"],
    ] as const) {
      const result = await runTool(judge, args);
      if (result.code !== 0) return result;
    }
    return packed;
  } finally {
    await rm(tarball, { force: true });
  }
}
