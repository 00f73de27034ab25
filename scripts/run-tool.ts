import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { projectPath } from "./project.ts";

export interface RunOptions {
  /** Whether the tool writes straight to this terminal instead of into `output`. @default false */
  show?: boolean;
  /** Where it runs. @default the project's folder */
  cwd?: string;
}

export interface RunResult {
  /** The exit code; 1 when a signal ended the tool. */
  readonly code: number;
  /** What it wrote to both of its outputs, in order; empty when it was shown. */
  readonly output: string;
}

/** Runs a command line tool that a package of this project brings, the same way on every system. */
export function runTool(packageName: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(process.execPath, [toolPath(packageName), ...args], options);
}

/** Runs npm: the one that runs this script where there is one, so that no other version comes into play. */
export function runNpm(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const npmCli = process.env["npm_execpath"];
  if (npmCli?.endsWith("npm-cli.js")) return run(process.execPath, [npmCli, ...args], options);
  // Windows finds npm.cmd only through a shell; our arguments hold nothing that a shell would read.
  return run("npm", args, options, process.platform === "win32");
}

/** Runs a program to its end. Rejects when it cannot be started. */
export function run(
  command: string,
  args: readonly string[],
  { show = false, cwd = projectPath("") }: RunOptions = {},
  shell = false,
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, shell, stdio: show ? "inherit" : ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

/** The script behind a package's command. */
function toolPath(packageName: string): string {
  const folder = `node_modules/${packageName}`;
  const { bin } = JSON.parse(readFileSync(projectPath(`${folder}/package.json`), "utf8")) as PackageBin;
  const path = typeof bin === "string" ? bin : (bin?.[packageName] ?? Object.values(bin ?? {})[0]);
  if (path === undefined) throw new Error(`The package ${packageName} has no command.`);
  return projectPath(`${folder}/${path}`);
}

interface PackageBin {
  bin?: string | Record<string, string>;
}
