import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { projectFile } from "./support/source-tree.ts";

const PAGE = readFileSync(projectFile("docs/parity.md"), "utf8");

/** The table's links to tests: the title of the test, and the file that it is in. */
const links = [...PAGE.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, title = "", file = ""]) => ({
  title: title.replaceAll("\\", ""),
  file,
}));

/** The rows of all tables, without their headings. */
const rows = PAGE.split("\n").filter((line) => line.startsWith("| ") && !/^\| (row|modality|line|-+) /.test(line));

test("every row of the parity table has a test, or says that it does not run yet and where it is planned", () => {
  const without = rows.filter((row) => !/\]\(\.\.\/test\//.test(row) && !/\*\*not yet\*\*: ./.test(row));
  expect(rows.length).toBeGreaterThan(80);
  expect(without).toEqual([]);
});

test("every test that the parity table names is in the file that it links to", () => {
  const missing = links.filter(({ title, file }) => {
    if (!existsSync(projectFile(file))) return true;
    return !readFileSync(projectFile(file), "utf8").includes(title);
  });
  expect(links.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test("every cell of modality and mode is in the table, and runs in a real browser", () => {
  for (const modality of ["video", "audio", "audio-video"]) {
    for (const mode of ["send-receive", "send", "receive"]) {
      const cell = rows.find((row) => new RegExp(`^\\| ${modality} +\\| ${mode} +\\| WebRTC `).test(row));
      expect(cell, `${modality} ${mode}`).toContain("(../test/browser/");
    }
  }
});
