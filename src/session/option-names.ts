import { FastRtcError } from "../errors.ts";

/** Every name that `Options` has, in a form that the compiler holds to be complete. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

export interface OptionNamesCheck {
  /** Whose options they are, as the message begins: "new VideoStreamHandler(...)". */
  readonly of: string;
  readonly names: Readonly<Record<string, true>>;
  /** Whether there may be options of a subclass too, so that only a name close to a known one is refused. @default false */
  readonly subclassed?: boolean;
}

/**
 * Refuses options that nobody would read: a misspelt name, or Python's, must not be silently without effect.
 * @throws {FastRtcError} `invalid_option` naming the one at fault, and the one that may have been meant.
 */
export function checkOptionNames(options: unknown, { of, names, subclassed = false }: OptionNamesCheck): void {
  const known = Object.keys(names);
  if (typeof options !== "object" || options === null) {
    throw new FastRtcError(
      "invalid_option",
      `${of} takes its options as an object, such as { ${known[0]}: ... }, not ${String(options)}.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = nearestName(name, known);
    if (meant !== undefined) {
      throw new FastRtcError("invalid_option", `${of} has no option "${name}". Did you mean ${meant}?`);
    }
    if (!subclassed) {
      throw new FastRtcError("invalid_option", `${of} has no option "${name}". It takes ${known.join(", ")}.`);
    }
  }
}

/** The one of these names that a name which is none of them is most likely a misspelling of. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known.find((candidate) => isNear(name, candidate));
}

/** How many letters two names may differ by that mean the same: each is longer than that by far. */
const NEAR = 2;

/** Whether one is most likely a misspelling of the other: `skip_frames` or `skipFrame` of `skipFrames`. */
function isNear(one: string, other: string): boolean {
  const [a, b] = [bare(one), bare(other)];
  return a === b || (Math.min(a.length, b.length) > 2 * NEAR && editDistance(a, b) <= NEAR);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** How many letters have to be put in, left out or replaced (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [done, letter] of [...a].entries()) {
    let left = done + 1;
    const next = [left];
    for (const [index, other] of [...b].entries()) {
      const [diagonal = 0, above = 0] = [row[index], row[index + 1]];
      left = Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1));
      next.push(left);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
