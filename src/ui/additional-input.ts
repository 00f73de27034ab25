import type { StandardSchemaV1 } from "@standard-schema/spec";
import { Component } from "./component.ts";
import { type DeclaredArguments, type DeclaredValue, type DeclaredValues, parseDeclared } from "./declared-value.ts";
import { schemaArgument } from "./schema-file.ts";
import { validateAll } from "./validate-all.ts";

/** What stands in `additionalInputs`: a component, or any Standard Schema (zod, valibot, ArkType). */
export type AdditionalInput<Value = unknown> = DeclaredValue<Value>;

/** The arguments that a handler gets after the frame: of `[slider(…), z.boolean()]` those are `[number, boolean]`. */
export type InputValues<Inputs extends readonly AdditionalInput[]> = DeclaredValues<Inputs>;

/** The values that `setInput` takes after the id. */
export type InputArguments<Inputs extends readonly AdditionalInput[]> = DeclaredArguments<Inputs>;

/**
 * Checks what code of the server sets: at once, or as a promise when one of the schemas takes its time.
 * @throws {FastRtcError} `invalid_argument` with a line for each value at fault, or for too many or too few.
 */
export function parseInputs<const Inputs extends readonly AdditionalInput[]>(
  inputs: Inputs,
  values: readonly unknown[],
): InputValues<Inputs> | Promise<InputValues<Inputs>> {
  return parseDeclared("input", inputs, values);
}

/**
 * Checks what a visitor sends. To a schema of files it gives the `File` that was chosen. A `state()` belongs to the server, and so does what is not `interactive`: whatever the visitor
 * sends in its place, it keeps its value in `current`, or begins with its first when there are no inputs yet.
 * @throws {FastRtcError} `invalid_argument` like `parseInputs`.
 */
export function parseVisitorInputs<const Inputs extends readonly AdditionalInput[]>(
  inputs: Inputs,
  values: readonly unknown[],
  current: Readonly<InputValues<Inputs>> | undefined,
): InputValues<Inputs> | Promise<InputValues<Inputs>> {
  const kept: readonly unknown[] | undefined = current;
  return parseInputs(
    inputs,
    values.map((value, index) => {
      const input = inputs[index];
      if (!(input instanceof Component)) return input ? schemaArgument(input, value) : value;
      const { type, interactive } = input.descriptor;
      if (type !== "state" && interactive !== false) return value;
      return kept ? kept[index] : input.initialValue;
    }),
  );
}

/**
 * The inputs of a session that nobody has set yet: each component's first value, and what each schema makes of
 * `undefined`, which is its default where it has one. Where a schema takes no `undefined` there are no inputs before
 * they are set, and the result is `undefined` for all of them. As in FastRTC, a handler is not called before its inputs are
 * set: a picture goes back unchanged until then, and `waitForArgs` waits.
 */
export function defaultInputs<const Inputs extends readonly AdditionalInput[]>(
  inputs: Inputs,
): InputValues<Inputs> | undefined | Promise<InputValues<Inputs> | undefined> {
  const firstValues = inputs.map((input) => (input instanceof Component ? input.initialValue : undefined));
  return validateAll(inputs, firstValues, (results) => collectDefaults(results) as InputValues<Inputs> | undefined);
}

function collectDefaults(results: readonly StandardSchemaV1.Result<unknown>[]): readonly unknown[] | undefined {
  const values: unknown[] = [];
  for (const result of results) {
    if (result.issues) return undefined;
    values.push(result.value);
  }
  return values;
}
