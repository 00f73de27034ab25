import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";

/** A JSON Schema of which nothing is known yet. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of what a schema takes (Standard JSON Schema); empty when it has none or cannot say. */
export function jsonSchemaOf(schema: StandardSchemaV1): JsonSchema {
  const { jsonSchema } = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
  if (!jsonSchema) return {};
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch {
    // The specification lets a schema throw what it cannot express; the field for JSON takes any value.
    return {};
  }
}
