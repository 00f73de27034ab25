import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SourceTree } from "./architecture-rules.ts";

const PROJECT = new URL("../../", import.meta.url);
const RESULTS = /(^|\/)(node_modules|dist|results)\//;

/** The TypeScript files below some folders of this project, by their path in it. */
export function readSourceTree(...folders: readonly string[]): SourceTree {
  const tree = new Map<string, string>();
  for (const folder of folders) {
    for (const name of readdirSync(new URL(`${folder}/`, PROJECT), { recursive: true, encoding: "utf8" })) {
      const path = `${folder}/${name.replaceAll("\\", "/")}`;
      if (/\.tsx?$/.test(path) && !RESULTS.test(path)) tree.set(path, readFileSync(projectFile(path), "utf8"));
    }
  }
  return tree;
}

/** A path inside this project, as the operating system writes it. */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(path, PROJECT));
}
