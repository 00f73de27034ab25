import type { StandardSchemaV1 } from "@standard-schema/spec";
import { FastRtcError } from "../errors.ts";
import type { Component } from "./component.ts";
import { validateAll } from "./validate-all.ts";

/**
 * What stands in `additionalInputs` and `additionalOutputs`: a component, or any Standard Schema (zod, valibot, ArkType),
 * for which the page shows the component that fits.
 */
export type DeclaredValue<Value = unknown> = Component<Value> | StandardSchemaV1<unknown, Value>;

/** What comes of values once they are checked: of `[slider(…), z.boolean()]` that is `[number, boolean]`. */
export type DeclaredValues<Declared extends readonly DeclaredValue[]> = {
  -readonly [Index in keyof Declared]: StandardSchemaV1.InferOutput<Declared[Index]>;
};

/** What may be set: the same, except where a component or schema turns what it takes into something else. */
export type DeclaredArguments<Declared extends readonly DeclaredValue[]> = {
  -readonly [Index in keyof Declared]: StandardSchemaV1.InferInput<Declared[Index]>;
};

/**
 * Checks one value for each declaration: at once, or as a promise when one of the schemas takes its time.
 * @throws {FastRtcError} `invalid_argument` with a line for each value at fault, or for too many or too few.
 */
export function parseDeclared<const Declared extends readonly DeclaredValue[]>(
  kind: "input" | "output",
  declared: Declared,
  values: readonly unknown[],
): DeclaredValues<Declared> | Promise<DeclaredValues<Declared>> {
  if (values.length !== declared.length) {
    const counted = declared.length === 1 ? `1 additional ${kind}` : `${declared.length} additional ${kind}s`;
    throw new FastRtcError(
      "invalid_argument",
      `There are ${counted}, but ${values.length} values were given. Give one for each.`,
    );
  }
  return validateAll(declared, values, (results) => collect(kind, results) as DeclaredValues<Declared>);
}

function collect(kind: string, results: readonly StandardSchemaV1.Result<unknown>[]): readonly unknown[] {
  const values: unknown[] = [];
  const problems: string[] = [];
  for (const [index, result] of results.entries()) {
    if (!result.issues) values.push(result.value);
    else for (const issue of result.issues) problems.push(describeIssue(`Additional ${kind} ${index + 1}`, issue));
  }
  if (problems.length > 0) throw new FastRtcError("invalid_argument", problems.join("\n"));
  return values;
}

function describeIssue(place: string, { message, path = [] }: StandardSchemaV1.Issue): string {
  // Not path.map, which would make another of a library's own kind of list: ArkType's then begins with a 0.
  const keys = Array.from(path, (segment) => String(typeof segment === "object" ? segment.key : segment));
  return `${place}${keys.length > 0 ? ` at ${keys.join(".")}` : ""}: ${message}`;
}
