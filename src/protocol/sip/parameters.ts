import { splitOutsideQuotes } from "./sip-headers.ts";

/** Parameters by their names in small letters; the value is empty where there is none. */
export type Parameters = ReadonlyMap<string, string>;

const TOKEN = /^[\w.!%*+`'~-]+$/;

/** Reads `;name=value;flag` (RFC 3261 §25.1); `undefined` when a name is no token. Of several alike the first counts. */
export function parseParameters(text: string): Parameters | undefined {
  const parameters = new Map<string, string>();
  for (const part of splitOutsideQuotes(text, ";")) {
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!TOKEN.test(name)) return undefined;
    const value = equals < 0 ? "" : part.slice(equals + 1).trim();
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** Writes them as `;name=value;flag`. */
export function writeParameters(parameters: Parameters): string {
  return [...parameters].map(([name, value]) => (value === "" ? `;${name}` : `;${name}=${value}`)).join("");
}

/** A text without its quotes, or as it is where it has none (RFC 3261 §25.1, quoted-string). */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/g, "$1");
}

/** A text in quotes. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
