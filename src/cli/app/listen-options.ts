import type { Command, CommandArguments } from "../command.ts";
import { numberOption, parseNumber, textOption } from "../parse-arguments.ts";
import type { StartAppOptions } from "./running-app.ts";

const DEFAULT_PORT = 7860;
const DEFAULT_HOST = "127.0.0.1";
const PORTS = { least: 0, most: 65_535, whole: true } as const;

/** The options of commands that listen. */
export const LISTEN_OPTIONS: Command["options"] = {
  port: {
    type: "string",
    short: "p",
    value: "<port>",
    help: `Where to listen; 0 takes a free port (default: PORT, what the app says, or ${DEFAULT_PORT})`,
  },
  host: {
    type: "string",
    value: "<address>",
    help: "Where from; 0.0.0.0 lets other machines in (default: HOST, what the app says, or 127.0.0.1)",
  },
};

/**
 * Where to listen: as the options say, or the environment, or the app itself, or by default, in this order.
 * @throws {UsageError} for a port that is none.
 */
export function listenOptions(
  args: CommandArguments,
  environment: Readonly<Record<string, string | undefined>>,
): StartAppOptions {
  const fromEnvironment = environment["PORT"];
  const port =
    numberOption(args, "port", PORTS) ??
    (fromEnvironment === undefined || fromEnvironment === ""
      ? undefined
      : parseNumber(fromEnvironment, "The variable PORT", PORTS));
  const host = textOption(args, "host") ?? (environment["HOST"] || undefined);
  return {
    port: (asked) => port ?? asked ?? DEFAULT_PORT,
    host: (asked) => host ?? asked ?? DEFAULT_HOST,
  };
}
