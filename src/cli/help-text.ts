import type { Command, CommandOption } from "./command.ts";
import { HELP_OPTION } from "./parse-arguments.ts";

/** What `fastrtc --help` shows. */
export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "fastrtc turns a TypeScript function into a live audio or video stream.",
    "",
    "Usage: fastrtc <command> [options]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "`fastrtc <command> --help` tells the rest. A first app in three lines:",
    "",
    "  fastrtc init my-app && cd my-app",
    "  npm install",
    "  npx fastrtc dev app.ts",
  ].join("\n");
}

/** What `fastrtc <command> --help` shows. */
export function commandHelp({ name, usage, description, examples, options }: Command): string {
  const rows = Object.entries({ ...options, ...HELP_OPTION } as Command["options"]).map(
    ([long, option]): readonly [string, string] => [optionLabel(long, option), option.help],
  );
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `Usage: fastrtc ${name} ${usage}`.trimEnd(),
    "",
    description,
    "",
    "Options:",
    ...rows.map(([label, help]) => `  ${label.padEnd(width)}  ${help}`),
    ...(examples.length > 0 ? ["", "Examples:", ...examples.map((example) => `  ${example}`)] : []),
  ].join("\n");
}

function optionLabel(long: string, { short, value }: CommandOption): string {
  return `${short === undefined ? "    " : `-${short}, `}--${long}${value === undefined ? "" : ` ${value}`}`;
}
