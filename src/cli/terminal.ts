import { systemClock } from "../async/clock.ts";

/** Where a command writes, and what surrounds it: everything that a test replaces. */
export interface Terminal {
  /** Writes a line of what was asked for. */
  print(line: string): void;
  /** Writes a line about what goes on or went wrong. */
  complain(line: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly folder: string;
  /** The command's time is over: Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** They came again: there is no patience left. */
  readonly hurry: AbortSignal;
}

/** The terminal, environment and signals of this process. */
export function processTerminal(): Terminal {
  const [first, second] = [new AbortController(), new AbortController()];
  // Not once: by default a further signal would end the process in the middle of its closing. One Ctrl-C may come
  // twice, from the terminal and forwarded by npm; what comes within that time is the same one.
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    const nowMs = systemClock.nowMs();
    firstAtMs ??= nowMs;
    if (!first.signal.aborted) first.abort();
    else if (nowMs - firstAtMs > SAME_SIGNAL_MS) second.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    // oxlint-disable-next-line node/no-process-env -- this is the edge that reads it
    environment: process.env,
    folder: process.cwd(),
    signal: first.signal,
    hurry: second.signal,
  };
}

/** Within this time two signals are one, in milliseconds. */
const SAME_SIGNAL_MS = 500;
