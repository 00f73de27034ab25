import type { ParseArgsConfig } from "node:util";
import type { Terminal } from "./terminal.ts";

/** One option of a command, as `util.parseArgs` takes it, and what the help says about it. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help: `<seconds>`. */
  readonly value?: string;
  /** What it does, with its default, as one line of the help. */
  readonly help: string;
}

/** What was typed, read by the rules of a command. */
export interface CommandArguments {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

/** One command of `fastrtc`. */
export interface Command {
  readonly name: string;
  /** What stands behind the name in the help: `<app.ts> [options]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs that teach, between the usage and the options. */
  readonly description: string;
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** How many words may stand beside the options: the fewest and the most. */
  readonly words: readonly [fewest: number, most: number];
  /** Does it; resolves with the exit code. `signal` aborts at the first Ctrl-C or SIGTERM. */
  run(args: CommandArguments, terminal: Terminal): Promise<number>;
}

/** The user asked for something that there is not: shown as a sentence, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Exit codes that scripts can rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The options of a command as `util.parseArgs` wants them. */
export function parserOptions(options: Command["options"]): NonNullable<ParseArgsConfig["options"]> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short !== undefined && { short }), ...(multiple !== undefined && { multiple }) },
    ]),
  );
}
