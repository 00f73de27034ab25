import { cp, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectPath } from "./project.ts";
import { runNpm, runTool } from "./run-tool.ts";

/** One half of the package: what it is made of, what proves that it is there, and how it is made. */
interface Part {
  readonly name: string;
  readonly sources: readonly string[];
  readonly result: string;
  build(): Promise<void>;
}

const PARTS: readonly Part[] = [
  {
    name: "library",
    sources: ["src", "tsconfig.json", "tsconfig.build.json", "package.json"],
    result: "dist/index.js",
    build: buildLibrary,
  },
  {
    name: "client",
    sources: ["src/client", "src/protocol", "src/media", "src/async", "src/errors.ts", "package-lock.json"],
    result: "dist/browser/client.js",
    build: buildClientBundle,
  },
  {
    name: "page",
    sources: ["web", "src/client", "src/protocol", "src/async", "src/errors.ts", "package-lock.json"],
    result: "dist/page/index.html",
    build: buildPage,
  },
];

/** Folders that hold results, not sources. */
const NOT_SOURCES = new Set(["dist", "node_modules"]);

/** Thrown when the compiler or the bundler refuses; its message is what they said. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * Builds `dist/`: the library as JavaScript with types and source maps, and the page in `dist/page/`.
 * @throws {BuildError} when a part does not build; what an earlier build left of that part stays.
 */
export async function buildPackage(parts: readonly Part[] = PARTS): Promise<void> {
  await Promise.all(parts.map(build));
}

/**
 * Builds those parts that are missing or older than their sources. Times of files and of folders are compared,
 * so that a deleted source counts too, and the check takes some milliseconds.
 * @returns the names of the parts that were built.
 */
export async function buildWhatIsStale(onBuild: (name: string) => void = () => {}): Promise<readonly string[]> {
  const fresh = await Promise.all(PARTS.map(isFresh));
  const stale = PARTS.filter((_part, index) => !fresh[index]);
  for (const { name } of stale) onBuild(name);
  await buildPackage(stale);
  return stale.map(({ name }) => name);
}

async function build(part: Part): Promise<void> {
  await mkdir(projectPath("web/dist"), { recursive: true }); // Made during the build, it would look like a new source.
  const startedAt = new Date(); // A source that changes during the build makes it stale.
  await part.build();
  await mkdir(projectPath(".cache/built/"), { recursive: true });
  await writeFile(stampPath(part), "");
  await utimes(stampPath(part), startedAt, startedAt);
}

async function isFresh(part: Part): Promise<boolean> {
  const [builtAt, resultAt] = await Promise.all([modifiedMs(stampPath(part)), modifiedMs(projectPath(part.result))]);
  if (builtAt === undefined || resultAt === undefined) return false;
  const sourceTimes = await Promise.all(part.sources.map((source) => newestMs(projectPath(source))));
  return Math.max(...sourceTimes) < builtAt;
}

function stampPath(part: Part): string {
  return projectPath(`.cache/built/${part.name}`);
}

async function buildLibrary(): Promise<void> {
  const emitted = new Set<string>();
  // Node's side and the browser's know different globals.
  for (const project of ["tsconfig.build.json", "src/client/tsconfig.build.json"]) {
    const { code, output } = await runTool("typescript", ["-p", project, "--listEmittedFiles"]);
    const messages: string[] = [];
    for (const line of output.split(/\r?\n/)) {
      const path = /^TSFILE:\s*(.+)$/.exec(line)?.[1];
      if (path === undefined) messages.push(line);
      else emitted.add(path.replaceAll("\\", "/"));
    }
    if (code !== 0) throw new BuildError(`The library does not compile:\n${messages.join("\n")}`);
  }
  // What a source left behind that has been moved or deleted must not be published.
  for (const path of await filesBelow(projectPath("dist"))) {
    const isBundled = path.startsWith(projectPath("dist/page")) || path.startsWith(projectPath("dist/browser"));
    if (!isBundled && !emitted.has(path.replaceAll("\\", "/"))) await rm(path);
  }
}

/** The client as one small file, for pages without a bundler. */
async function buildClientBundle(): Promise<void> {
  const { build: bundle } = await import("vite");
  await bundle({
    configFile: false,
    logLevel: "error",
    build: {
      target: "es2022",
      outDir: projectPath("dist/browser"),
      rolldownOptions: { output: { minify: true, comments: false } }, // Vite itself leaves a library's blanks.
      lib: { entry: projectPath("src/client/index.ts"), formats: ["es"], fileName: () => "client.js" },
    },
  });
}

async function buildPage(): Promise<void> {
  const { code, output } = await runNpm(["run", "build", "--workspace", "web"]);
  if (code !== 0) throw new BuildError(`The page does not build:\n${output}`);
  await readFile(projectPath("web/dist/index.html")); // A build that made no page must not pass for one.
  await rm(projectPath("dist/page"), { recursive: true, force: true });
  await cp(projectPath("web/dist"), projectPath("dist/page"), { recursive: true });
}

/** The time of the newest file or folder at and below a path; 0 when nothing is there. */
async function newestMs(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  const names = (await readdir(path)).filter((name) => !NOT_SOURCES.has(name));
  const times = await Promise.all(names.map((name) => newestMs(join(path, name))));
  return Math.max(info.mtimeMs, ...times);
}

async function modifiedMs(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
