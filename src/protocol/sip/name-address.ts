import { type Parameters, parseParameters, unquote, writeParameters } from "./parameters.ts";

/** Whom a message is from, to, or for (RFC 3261 §20.10): a name, a URI of any scheme, and parameters such as the tag. */
export interface NameAddress {
  /** As it is to be read, without quotes. */
  readonly displayName?: string;
  readonly uri: string;
  readonly parameters: Parameters;
}

const URI = /^[a-z][a-z0-9+.-]*:[^\s<>"]+$/i;

/** Reads From, To, Contact, Route and Record-Route; `undefined` when it is none of these. */
export function parseNameAddress(text: string): NameAddress | undefined {
  const value = text.trim();
  const bracket = bracketOf(value);
  if (bracket < 0) {
    // Without brackets the parameters are the header's, not the URI's (RFC 3261 §20).
    const semicolon = value.indexOf(";");
    const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
    const parameters = parseParameters(semicolon < 0 ? "" : value.slice(semicolon));
    return URI.test(uri) && !uri.includes(",") && parameters ? { uri, parameters } : undefined;
  }
  const end = value.indexOf(">", bracket);
  if (end < 0) return undefined;
  const uri = value.slice(bracket + 1, end).trim();
  const name = value.slice(0, bracket).trim();
  const rest = value.slice(end + 1).trim();
  if (!URI.test(uri) || (rest !== "" && !rest.startsWith(";"))) return undefined;
  if (name.includes('"') && !/^"(?:[^"\\]|\\.)*"$/.test(name)) return undefined;
  const parameters = parseParameters(rest);
  return parameters && { ...(name !== "" && { displayName: unquote(name) }), uri, parameters };
}

/** The same as text, with the name in quotes. */
export function writeNameAddress({ displayName, uri, parameters }: NameAddress): string {
  const name = displayName === undefined ? "" : `"${displayName.replaceAll(/["\\]/g, String.raw`\$&`)}" `;
  return `${name}<${uri}>${writeParameters(parameters)}`;
}

/** Where the "<" stands that is not within the quotes of a name. */
function bracketOf(value: string): number {
  let isQuoted = false;
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index];
    if (isQuoted && character === "\\") index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "<" && !isQuoted) return index;
  }
  return -1;
}
