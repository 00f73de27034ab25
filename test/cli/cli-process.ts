import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectFile } from "../support/source-tree.ts";

/** What an app of a test imports in place of "fastrtc": the sources. */
export const FASTRTC = JSON.stringify(pathToFileURL(projectFile("src/index.ts")).href);

/** A folder with an app in it, which goes when it is disposed of. */
export async function appFolder(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly path: string; write(name: string, text: string): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "fastrtc-app-"));
  const write = (name: string, text: string): Promise<void> => writeFile(join(path, name), text);
  await write("package.json", '{ "type": "module" }\n');
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { path, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The `fastrtc` command from the sources, as a process of its own. */
export class CliProcess implements AsyncDisposable {
  readonly process: ChildProcess;
  #printed = "";

  constructor(
    args: readonly string[],
    {
      cwd,
      env = {},
      program = process.execPath,
    }: { cwd: string; env?: Readonly<Record<string, string>>; program?: string },
  ) {
    const { PORT: _port, HOST: _host, ...inherited } = process.env;
    this.process = spawn(
      program,
      ["--import", import.meta.resolve("tsx"), projectFile("src/cli/fastrtc.ts"), ...args],
      {
        cwd,
        env: { ...inherited, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8");
      stream?.on("data", (text: string) => (this.#printed += text));
    }
  }

  /** What it wrote so far. */
  get printed(): string {
    return this.#printed;
  }

  /** Resolves with what it printed that matches. Rejects when it ends before. */
  async untilPrinted(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#printed);
      if (found) return found;
      const { exitCode, signalCode, stdout, stderr } = this.process;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`fastrtc ended with ${exitCode ?? signalCode} after printing:\n${this.#printed}`);
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([
        ...[stdout, stderr].map((stream) => stream && once(stream, "data", { signal })),
        once(this.process, "exit", { signal }),
      ]).finally(() => waiting.abort());
    }
  }

  /** Resolves with its exit code, and with what it wrote. */
  async ended(): Promise<{ code: number | null; printed: string }> {
    const { stdout, stderr } = this.process;
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "close");
    else if (!stdout?.closed || !stderr?.closed) await once(this.process, "close");
    return { code: this.process.exitCode, printed: this.#printed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}
