/** The one-letter names of headers (RFC 3261 §7.3.3, §20). */
const COMPACT_NAMES: Readonly<Record<string, string>> = {
  c: "content-type",
  e: "content-encoding",
  f: "from",
  i: "call-id",
  k: "supported",
  l: "content-length",
  m: "contact",
  s: "subject",
  t: "to",
  v: "via",
};

/** The headers of a SIP message in their order; names in small letters and in full, values on one line. */
export class SipHeaders {
  readonly #entries: (readonly [name: string, value: string])[] = [];

  /** Adds a header as it was written. */
  add(name: string, value: string): void {
    const lower = name.toLowerCase();
    this.#entries.push([COMPACT_NAMES[lower] ?? lower, value]);
  }

  /** The first value of a header. */
  get(name: string): string | undefined {
    return this.#entries.find(([one]) => one === name)?.[1];
  }

  /** All values of a header that is a list, whether on one line with commas or on several (RFC 3261 §7.3.1). */
  list(name: string): readonly string[] {
    return this.all(name).flatMap((value) => splitOutsideQuotes(value, ","));
  }

  /** The values of all headers of a name as they stand, where commas mean nothing. */
  all(name: string): readonly string[] {
    return this.#entries.filter(([one]) => one === name).map(([, value]) => value);
  }

  get size(): number {
    return this.#entries.length;
  }

  *[Symbol.iterator](): Generator<readonly [name: string, value: string], void, undefined> {
    yield* this.#entries;
  }
}

/** The parts of a text between separators that stand neither in quotes nor in angle brackets, trimmed, empty ones left out. */
export function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
  if (!text.includes(separator)) {
    const only = text.trim();
    return only === "" ? [] : [only];
  }
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted) {
      if (character === "\\") index += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === "<") depth += 1;
    else if (character === ">") depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(begin, index).trim());
      begin = index + 1;
    }
  }
  parts.push(text.slice(begin).trim());
  return parts.filter((part) => part !== "");
}
