import type { z } from "zod";
import { FastRtcError } from "../errors.ts";

/** Options checked by a schema that fills in the defaults. @throws {FastRtcError} `invalid_option` naming those at fault. */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
  name: string,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(options);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "options"}: ${message}`);
  throw new FastRtcError("invalid_option", `${name} do not fit. ${problems.join("; ")}.`);
}
