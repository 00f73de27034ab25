import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

/** How long a child that was asked to end may take before it is killed. */
const GRACE_MS = 3000;
const KEPT_OUTPUT = 4000;

/** Children that are still running: however the benchmark ends, none of them stays behind. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Gives the child a channel for messages. @default false */
  readonly ipc?: boolean;
}

/** A process that the benchmark started, and ends. */
export class Child implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly #name: string;
  #output = "";

  constructor(name: string, command: string, args: readonly string[], { env = {}, ipc = false }: StartOptions = {}) {
    this.#name = name;
    this.process = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe", ...(ipc ? (["ipc"] as const) : [])],
    });
    running.add(this.process);
    this.process.on("exit", () => running.delete(this.process));
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    this.process.stdout?.on("data", keep);
    this.process.stderr?.on("data", keep);
    this.process.on("error", (error) => keep(Buffer.from(String(error))));
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error(`${this.#name} did not start: ${this.#output}`);
    return this.process.pid;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** The last lines that it printed. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when `url` answers; rejects with what the process printed when it ends or stays silent. */
  async answers(url: string, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs && !this.hasEnded) {
      const response = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
      await response?.arrayBuffer();
      if (response?.ok) return;
      await sleep(100);
    }
    throw new Error(`${this.#name} does not answer at ${url}. It printed:\n${this.#output}`);
  }

  /** Resolves with the exit code once the process has ended by itself. */
  async ended(timeoutMs: number): Promise<number | null> {
    const deadlineMs = performance.now() + timeoutMs;
    while (!this.hasEnded && performance.now() < deadlineMs) await sleep(20);
    if (!this.hasEnded)
      throw new Error(`${this.#name} did not end within ${timeoutMs} ms. It printed:\n${this.#output}`);
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasEnded || this.process.pid === undefined) return;
    this.process.kill("SIGTERM");
    await this.ended(GRACE_MS).catch(() => this.process.kill("SIGKILL"));
  }
}

/** Runs one of the benchmark's own TypeScript programs. */
export function startProgram(name: string, url: URL, args: readonly string[] = [], options: StartOptions = {}): Child {
  return new Child(name, process.execPath, ["--import", "tsx", url.pathname, ...args], options);
}

/** A port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
