import { type DeclaredArguments, type DeclaredValue, type DeclaredValues, parseDeclared } from "./declared-value.ts";

/** What stands in `additionalOutputs`: a component, or any Standard Schema (zod, valibot, ArkType). */
export type AdditionalOutput<Value = unknown> = DeclaredValue<Value>;

/** What the components show: the first arguments of `additionalOutputsHandler`. */
export type OutputValues<Outputs extends readonly AdditionalOutput[]> = DeclaredValues<Outputs>;

/** What the components may be given: the result of `additionalOutputsHandler`. */
export type OutputArguments<Outputs extends readonly AdditionalOutput[]> = DeclaredArguments<Outputs>;

/**
 * Checks what is to be shown, so that the page never gets what it cannot: at once, or as a promise when one of the schemas
 * takes its time.
 * @throws {FastRtcError} `invalid_argument` with a line for each value at fault, or for too many or too few.
 */
export function parseOutputs<const Outputs extends readonly AdditionalOutput[]>(
  outputs: Outputs,
  values: readonly unknown[],
): OutputValues<Outputs> | Promise<OutputValues<Outputs>> {
  return parseDeclared("output", outputs, values);
}
