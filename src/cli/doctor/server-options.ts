import { type CommandArguments, UsageError } from "../command.ts";
import { textOptions } from "../parse-arguments.ts";

/**
 * The address of a server as it was typed, with a slash at its end.
 * @throws {UsageError} when it is none.
 */
export function serverUrl(typed: string): URL {
  const text = /^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(
      `"${typed}" is no address of a server. Write it as https://example.com or http://localhost:7860.`,
    );
  }
  const url = new URL(text);
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/**
 * The headers of --header, by their names in small letters.
 * @throws {UsageError} for a text that is none.
 */
export function readHeaders(args: CommandArguments): Readonly<Record<string, string>> {
  return Object.fromEntries(
    textOptions(args, "header").map((text): [string, string] => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
      throw new UsageError(`--header takes "name: value", not "${text}".`);
    }),
  );
}
