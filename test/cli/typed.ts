import { tmpdir } from "node:os";
import type { Command } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/commands.ts";
import { runCli } from "../../src/cli/run-cli.ts";

export interface TypedOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly commands?: readonly Command[];
  /** Ends the command, as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

/** What comes of typing `fastrtc` and this, in this process. */
export async function typed(
  line: string | readonly string[],
  { folder = tmpdir(), environment = {}, commands: known = commands, signal }: TypedOptions = {},
): Promise<{ code: number; printed: string; complained: string }> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const never = new AbortController().signal;
  const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
  const code = await runCli(words, known, {
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
    environment,
    folder,
    signal: signal ?? never,
    hurry: never,
  });
  return { code, printed: printed.join("\n"), complained: complained.join("\n") };
}
