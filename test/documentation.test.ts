import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { buildWhatIsStale } from "../scripts/build-package.ts";
import { runTool } from "../scripts/run-tool.ts";
import { typescriptBlocks } from "./support/code-blocks.ts";
import { projectFile } from "./support/source-tree.ts";

const FOLDER = ".cache/documentation";
const docs = existsSync(projectFile("docs"))
  ? readdirSync(projectFile("docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`)
  : [];
const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...docs].filter((path) => path.endsWith(".md"));

describe("what a reader copies", () => {
  let complaints: readonly string[] = [];

  // One compiler run for all: the blocks, each a module that imports the built package by its name, and the examples.
  beforeAll(async () => {
    await buildWhatIsStale();
    rmSync(projectFile(FOLDER), { recursive: true, force: true });
    mkdirSync(projectFile(FOLDER), { recursive: true });
    for (const page of pages) {
      for (const { line, code } of typescriptBlocks(readFileSync(projectFile(page), "utf8"))) {
        writeFileSync(projectFile(`${FOLDER}/${page.replaceAll("/", "-")}-${line}.ts`), code);
      }
    }
    const config = {
      extends: "../../tsconfig.json",
      // With skipLibCheck off the built declarations are checked too: what they name must be in them.
      compilerOptions: {
        moduleDetection: "force",
        skipLibCheck: false,
        noUnusedLocals: false,
        // Some of it is for pages.
        lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
        jsx: "react-jsx",
      },
      include: [
        "*.ts",
        "../../templates/*/*.ts",
        "../../deploy/*.ts",
        "../../examples/*.ts",
        "../../examples/next/**/*",
      ],
      exclude: [],
    };
    writeFileSync(projectFile(`${FOLDER}/tsconfig.json`), JSON.stringify(config));
    const { output } = await runTool("typescript", ["--noEmit", "--pretty", "false", "-p", FOLDER]);
    complaints = output.split(/\r?\n/).filter((line) => line.includes("error TS") && !line.startsWith("node_modules/"));
  }, 120_000);

  it("compiles against the built package: every ts block of the documentation and every example", () => {
    expect(complaints).toEqual([]);
  });
});

describe("the documentation", () => {
  it.each(pages)("%s points only at files that exist", (page) => {
    const folder = pathToFileURL(projectFile(page));
    const links = [...readFileSync(projectFile(page), "utf8").matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(
      ([, link = ""]) => link,
    );
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.filter((link) => !existsSync(new URL(link, folder)))).toEqual([]);
  });
});

describe("the reader of code blocks", () => {
  it("finds the blocks marked ts, on their own lines", () => {
    const markdown = "# Title\n```ts\nconst a = 1;\n```\n```sh\nnpm ci\n```\n```ts\nconst b = 2;\nconst c = 3;\n```\n";
    expect(typescriptBlocks(markdown)).toEqual([
      { line: 2, code: "\n\nconst a = 1;" },
      { line: 8, code: `${"\n".repeat(8)}const b = 2;\nconst c = 3;` },
    ]);
  });
});
