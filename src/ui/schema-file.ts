import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";

/** What a schema says of the file that it takes. */
export interface SchemaFile {
  /** MIME types of which the file has one; empty for any. */
  readonly mediaTypes: readonly string[];
  /** Its size in bytes at most. */
  readonly maxBytes: number | undefined;
}

/** What a JSON Schema says of a file, as `z.file()` writes it down: text in the format "binary"; undefined for anything else. */
export function schemaFileOf(described: JsonSchema): SchemaFile | undefined {
  const { type, format, contentEncoding, contentMediaType, maxLength, anyOf } = described;
  const choices = Array.isArray(anyOf) ? anyOf.filter(isSchema) : [];
  if (type === "string" && (format === "binary" || contentEncoding === "binary")) {
    return {
      mediaTypes: [contentMediaType, ...choices.map((choice) => choice["contentMediaType"])].filter(
        (mediaType) => typeof mediaType === "string",
      ),
      maxBytes:
        typeof maxLength === "number" && Number.isSafeInteger(maxLength) && maxLength > 0 ? maxLength : undefined,
    };
  }
  // A file or null.
  const [only, ...others] = choices.filter((choice) => choice["type"] !== "null");
  return only && others.length === 0 && choices.length > 1 ? schemaFileOf(only) : undefined;
}

const takesFiles = new WeakMap<StandardSchemaV1, boolean>();

/**
 * What a schema is asked about: of a file that came from the page, inside a data URL, the `File` that it holds, where the schema is one of
 * files; anything else as it is.
 */
export function schemaArgument(schema: StandardSchemaV1, value: unknown): unknown {
  if (!isSchema(value) || typeof value["url"] !== "string") return value;
  let takesFile = takesFiles.get(schema);
  if (takesFile === undefined) {
    takesFile = schemaFileOf(jsonSchemaOf(schema)) !== undefined;
    takesFiles.set(schema, takesFile);
  }
  const { name, url } = value;
  return takesFile ? (fileFrom(url, typeof name === "string" ? name : "file") ?? value) : value;
}

/** The file inside a data URL whose bytes are base64 (RFC 2397). */
function fileFrom(url: string, name: string): File | undefined {
  const [head] = /^data:[^,]*;base64,/i.exec(url) ?? [];
  if (head === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(url.slice(head.length)), (character) => character.charCodeAt(0));
    return new File([bytes], name, { type: head.slice("data:".length, head.indexOf(";")) });
  } catch {
    return undefined; // No base64: the schema says what it makes of that.
  }
}

function isSchema(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
