import type { StandardSchemaV1 } from "@standard-schema/spec";

type Result = StandardSchemaV1.Result<unknown>;

/**
 * Asks each schema about its value and hands all results on: at once, or as a promise when one of them takes its time.
 * An error that a schema throws, instead of reporting it, comes out as a rejection.
 */
export function validateAll<Outcome>(
  schemas: readonly StandardSchemaV1[],
  values: readonly unknown[],
  conclude: (results: readonly Result[]) => Outcome,
): Outcome | Promise<Outcome> {
  const results: Result[] = [];
  const pending: Promise<Result>[] = [];
  for (const [index, schema] of schemas.entries()) {
    const result = validate(schema, values[index]);
    pending.push(Promise.resolve(result));
    if (!(result instanceof Promise)) results.push(result);
  }
  return results.length === schemas.length ? conclude(results) : Promise.all(pending).then(conclude);
}

/** As a rejection an error leaves the other schemas' promises to be waited for, so that none of them floats. */
function validate(schema: StandardSchemaV1, value: unknown): Result | Promise<Result> {
  try {
    return schema["~standard"].validate(value);
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
