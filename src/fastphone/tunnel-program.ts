import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Clock, systemClock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import type { Tunnel } from "./tunnel.ts";

export interface TunnelProgramOptions {
  /** What people call it, for messages. */
  readonly name: string;
  /** The program's name or path. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** The public address, once a line of what it prints says that it can be used. */
  readonly addressIn: (line: string) => string | undefined;
  /** A line that says that it never will be. */
  readonly failure: RegExp;
  /** What to do when the program is not there. */
  readonly howToInstall: string;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

type Program = ChildProcessByStdio<null, Readable, Readable>;

/** How long a tunnel may take to open, in milliseconds, as in Gradio. */
const TIMEOUT_MS = 30_000;
/** How long a program may take to end before it is killed, in milliseconds. */
const ENDING_MS = 3000;
/** How many of its lines are kept for an error message, and how much of each, in characters. */
const [MAX_LINES, MAX_LINE] = [6, 200];

/**
 * Runs a program that holds a tunnel open for as long as it lives. It is ended with the tunnel, and with this process.
 * @throws {FastRtcError} `tunnel_failed`, with what the program said last; `missing_package` when it is not installed; the signal's reason.
 */
export async function runTunnelProgram(options: TunnelProgramOptions): Promise<Tunnel> {
  const { name, program, parameters, signal, clock = systemClock } = options;
  signal.throwIfAborted();
  // oxlint-disable-next-line node/no-process-env -- it needs PATH and the proxies, and no token of ours
  const { HF_TOKEN: _hidden, ...env } = process.env;
  const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"], env });
  const lines: string[] = [];
  const failed = (what: string): FastRtcError => {
    const said = lines.length > 0 ? ` It said last: ${lines.join(" | ")}` : "";
    return new FastRtcError("tunnel_failed", `${name} ${what}.${said}`);
  };
  const ended = endOf(child, options, failed);
  const close = (): Promise<void> => end(child, ended, clock);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const onLine = (line: string): void => {
        lines.push(line.trim().slice(0, MAX_LINE));
        if (lines.length > MAX_LINES) lines.shift();
        const address = options.addressIn(line);
        if (address !== undefined) resolve(address);
        else if (options.failure.test(line)) reject(failed("could not open a tunnel"));
      };
      // They are read for as long as it lives: a program that nobody reads stands still.
      for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", onLine);
      const cancel = clock.after(TIMEOUT_MS, () => reject(failed(`opened no tunnel within ${TIMEOUT_MS / 1000} s`)));
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      void ended.then((reason) => {
        cancel();
        signal.removeEventListener("abort", onAbort);
        reject(reason);
      });
    });
    return { url, close, ended: ended.then(({ message }) => message) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves with the reason when it has ended. */
function endOf(
  child: Program,
  { name, howToInstall }: TunnelProgramOptions,
  failed: (what: string) => FastRtcError,
): Promise<FastRtcError> {
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  return new Promise<FastRtcError>((resolve) => {
    child.once("error", (cause: NodeJS.ErrnoException) => {
      const isMissing = cause.code === "ENOENT";
      const message = isMissing ? `${name} is not installed. ${howToInstall}` : `${name}: ${cause.message}.`;
      resolve(new FastRtcError(isMissing ? "missing_package" : "tunnel_failed", message, { cause }));
    });
    child.once("close", (code, killedBy) => resolve(failed(`ended with ${code ?? killedBy}`)));
  }).finally(() => process.off("exit", endWithUs));
}

async function end(child: Program, ended: Promise<unknown>, clock: Clock): Promise<void> {
  child.kill("SIGTERM");
  const cancel = clock.after(ENDING_MS, () => void child.kill("SIGKILL"));
  await ended;
  cancel();
}
