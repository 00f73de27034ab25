import { refusedValue } from "./refused-value.ts";

/** A picture, a sound or a document on its way to or from the page. */
export interface FileData {
  /**
   * Where it is: a data URL that holds it, an http or https address, or a path on this server that begins with "/".
   * What a visitor sends may be any of these: a handler that fetches it fetches what the visitor chose.
   */
  readonly url: string;
  /** The name that it had on the visitor's machine or is to have there. */
  readonly name: string | null;
  /** Such as "image/png"; of a data URL the type that it says. */
  readonly mimeType: string | null;
}

/** What stands for a file where one is set: a file, or its URL alone. */
export type FileInput =
  | FileData
  | { readonly url: string; readonly name?: string | null; readonly mimeType?: string | null }
  | string;

export interface FileLimits {
  /** What is wanted, for the sentence that refuses another: "an image". */
  readonly wanted: string;
  /** Types of which one must fit: ".pdf" by the name's end, "image" or "image/png" by the MIME type; null for any. */
  readonly fileTypes: readonly string[] | null;
  /** How large a file inside a data URL may be, in bytes. */
  readonly maxBytes: number;
}

/** 10 MiB. */
export const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/** Reads a file. @throws {FastRtcError} `invalid_argument` for anything else, too large a file or another type. */
export function parseFile(name: string, { wanted, fileTypes, maxBytes }: FileLimits, value: unknown): FileData {
  const file = readFile(value);
  if (!file) throw refusedValue(name, `${wanted}: a data URL, an http address or a path that begins with "/"`, value);
  if (byteLength(file.url) > maxBytes) throw refusedValue(name, `${wanted} of at most ${maxBytes} bytes`, value);
  if (fileTypes && !fileTypes.some((type) => hasType(file, type))) {
    throw refusedValue(name, `${wanted} of the type ${fileTypes.join(" or ")}`, value);
  }
  return file;
}

function readFile(value: unknown): FileData | undefined {
  const fields: Readonly<Record<string, unknown>> =
    typeof value === "string" ? { url: value } : typeof value === "object" && value !== null ? { ...value } : {};
  const { url, name = null, mimeType = null } = fields;
  if (typeof url !== "string" || !/^(?:data:[^,]*,|https?:\/\/|\/(?!\/))/i.test(url)) return undefined;
  if (!isTextOrNull(name) || !isTextOrNull(mimeType)) return undefined;
  return { url, name, mimeType: dataUrlType(url) ?? mimeType };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

/** The type that a data URL says (RFC 2397), which is the type it is shown as. */
function dataUrlType(url: string): string | undefined {
  if (!/^data:/i.test(url)) return undefined;
  return /^data:([^;,]*)/i.exec(url)?.[1]?.toLowerCase() || "text/plain";
}

/** An upper bound of the bytes inside a data URL, 0 for any other. */
function byteLength(url: string): number {
  if (!/^data:/i.test(url)) return 0;
  const comma = url.indexOf(",");
  const length = url.length - comma - 1;
  return /;base64$/i.test(url.slice(0, comma)) ? Math.floor((length * 3) / 4) : length;
}

/** Whether a file fits a type. One that says nothing of its type is taken at its word: an address has none. */
function hasType({ url, name, mimeType }: FileData, type: string): boolean {
  if (type.startsWith(".")) return (name ?? url.replace(/[?#].*$/s, "")).toLowerCase().endsWith(type.toLowerCase());
  if (mimeType === null) return true;
  return type.includes("/") ? mimeType === type : mimeType.startsWith(`${type}/`);
}
