import { FastRtcError } from "../errors.ts";
import { nearestName } from "../session/option-names.ts";
import { version } from "../version.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { commandHelp, generalHelp } from "./help-text.ts";
import { parseArguments } from "./parse-arguments.ts";
import type { Terminal } from "./terminal.ts";

/** Does what was typed behind `fastrtc`; resolves with the exit code. */
export async function runCli(
  typed: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = typed;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const asked = name === "help" ? commands.find((command) => command.name === rest[0]) : undefined;
    terminal.print(asked ? commandHelp(asked) : generalHelp(commands));
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  if (name === "--version" || name === "-v") {
    terminal.print(version);
    return EXIT.done;
  }
  try {
    const command = commands.find((candidate) => candidate.name === name);
    if (!command) throw new UsageError(unknownCommand(name, commands));
    const args = parseArguments(command, rest);
    if (args.values["help"] === true) {
      terminal.print(commandHelp(command));
      return EXIT.done;
    }
    return await command.run(args, terminal);
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      terminal.complain(thrown.message);
      return EXIT.usage;
    }
    if (!(thrown instanceof FastRtcError)) throw thrown;
    terminal.complain(thrown.message);
    return EXIT.failed;
  }
}

function unknownCommand(name: string, commands: readonly Command[]): string {
  const names = commands.map((command) => command.name);
  if (/\.[cm]?[jt]sx?$/.test(name)) return `What shall happen with ${name}? Try: fastrtc dev ${name}`;
  const meant = nearestName(name, names) ?? names.find((known) => known.startsWith(name));
  const hint = meant === undefined ? `There are ${names.join(", ")}.` : `Did you mean ${meant}?`;
  return `fastrtc has no command ${name}. ${hint}`;
}
