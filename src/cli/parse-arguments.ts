import { parseArgs } from "node:util";
import { nearestName } from "../session/option-names.ts";
import { type Command, type CommandArguments, parserOptions, UsageError } from "./command.ts";

/**
 * Reads what was typed behind the name of a command.
 * @throws {UsageError} for an option that there is not, with the one that may have been meant, for one without its value, and for too few
 *   or too many words.
 */
export function parseArguments(command: Command, typed: readonly string[]): CommandArguments {
  const options = parserOptions({ ...command.options, ...HELP_OPTION });
  const { values, positionals, tokens } = parseArgs({
    args: [...typed],
    options,
    allowPositionals: true,
    strict: false, // Its own messages are for programmers.
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (!option) throw new UsageError(unknownOption(command, token.rawName, token.name));
    // "-p" of "--port -p" is no value.
    const hasValue = token.value !== undefined && (token.inlineValue || !/^--?[a-z]/i.test(token.value));
    if (option.type === "string" && !hasValue) {
      const placeholder = command.options[token.name]?.value ?? "<value>";
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${placeholder}.`);
    }
    if (option.type === "boolean" && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value; leave "${token.value}" out.`);
    }
  }
  if (values["help"] !== true) checkWords(command, positionals);
  return { values, positionals };
}

/** What every command has besides its own options. */
export const HELP_OPTION = { help: { type: "boolean", short: "h", help: "Shows this help" } } as const;

function unknownOption(command: Command, raw: string, name: string): string {
  const known = Object.keys({ ...command.options, ...HELP_OPTION });
  const meant =
    nearestName(name, known) ??
    known.find((candidate) => name.length > 2 && (candidate.startsWith(name) || letters(candidate) === letters(name)));
  const hint = meant ? `Did you mean --${meant}?` : `It has ${known.map((candidate) => `--${candidate}`).join(", ")}.`;
  return `fastrtc ${command.name} has no option ${raw}. ${hint}`;
}

/** Two words of the same letters differ by a slip of the fingers: --prot. */
function letters(word: string): string {
  return [...word].toSorted().join("");
}

function checkWords({ name, usage, words: [fewest, most] }: Command, words: readonly string[]): void {
  if (words.length < fewest) {
    throw new UsageError(`fastrtc ${name} needs more: fastrtc ${name} ${usage}.`);
  }
  const [extra] = words.slice(most);
  if (extra !== undefined) {
    throw new UsageError(`fastrtc ${name} does not know what to do with "${extra}": fastrtc ${name} ${usage}.`);
  }
}

/** The value of an option that was given once, or undefined. */
export function textOption({ values }: CommandArguments, name: string): string | undefined {
  const value = values[name];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : undefined;
}

/** The values of an option that may be given more than once. */
export function textOptions({ values }: CommandArguments, name: string): readonly string[] {
  const value = values[name];
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === "string");
}

/**
 * The value of an option that is a number.
 * @throws {UsageError} for one that is none, or out of its range.
 */
export function numberOption(
  args: CommandArguments,
  name: string,
  { least, most, whole = false }: { readonly least: number; readonly most: number; readonly whole?: boolean },
): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  return parseNumber(text, `--${name}`, { least, most, whole });
}

/** @throws {UsageError} for a text that is no number, or one out of its range. */
export function parseNumber(
  text: string,
  what: string,
  { least, most, whole = false }: { readonly least: number; readonly most: number; readonly whole?: boolean },
): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`${what} takes a ${whole ? "whole " : ""}number from ${least} to ${most}, not "${text}".`);
}

/** Whether an option without value was given. */
export function flagOption({ values }: CommandArguments, name: string): boolean {
  return values[name] === true;
}
