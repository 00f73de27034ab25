import { expect, it } from "vitest";
import { run } from "../../scripts/run-tool.ts";

it("npm test counts everything that did not pass, skipped tests and stray errors included, and fails", async () => {
  const { code, output } = await run(process.execPath, [
    "scripts/run.mjs",
    "test",
    "--config",
    "test/scripts/outcomes/vitest.config.ts",
  ]);
  const lines = output.trimEnd().split(/\r?\n/);
  expect({ code, last: lines.at(-1), problems: lines.filter((line) => /^[A-Z]{6,} /.test(line)).toSorted() }).toEqual({
    code: 1,
    last: "2 passed, 7 failed",
    problems: [
      "FAILED all.outcome.ts > fails",
      "FAILED all.outcome.ts: no beginning",
      "FAILED broken.outcome.ts: this file cannot be loaded",
      "SKIPPED without a reason in test/allowed-skips.ts: all.outcome.ts > a suite that cannot begin > never runs",
      "SKIPPED without a reason in test/allowed-skips.ts: all.outcome.ts > is skipped",
      "SKIPPED without a reason in test/allowed-skips.ts: all.outcome.ts > is to be done",
      "UNHANDLED stray",
    ],
  });
}, 180_000);
