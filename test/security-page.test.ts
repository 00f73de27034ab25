import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { projectFile } from "./support/source-tree.ts";

const PAGE = readFileSync(projectFile("docs/security.md"), "utf8");

/** The rows of the table of threats, without its heading. */
const threats =
  PAGE.split("## Threats")[1]
    ?.split("\n## ")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (threat|-)/.test(line)) ?? [];

test("every threat has a test, which is in the file that the page links to", () => {
  expect(threats.length).toBeGreaterThan(20);
  const missing = threats.flatMap((row) => {
    const links = [...row.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)];
    if (links.length === 0) return [row];
    return links.flatMap(([link, title = "", file = ""]) => {
      const path = projectFile(file);
      return existsSync(path) && readFileSync(path, "utf8").includes(title) ? [] : [link];
    });
  });
  expect(missing).toEqual([]);
});

test("the page names the OpenSSL that is linked into the native engine here", () => {
  const engine = projectFile("node_modules/@node-datachannel/linux-x64-gnu/node_datachannel.node");
  // Elsewhere than on this Linux there is another binary, of which the page says nothing.
  const linked = existsSync(engine)
    ? /OpenSSL (\d+\.\d+\.\d+\w*) /.exec(readFileSync(engine, "latin1"))?.[1]
    : "1.1.1w";
  expect(PAGE).toContain(`**OpenSSL ${linked}**`);
});
