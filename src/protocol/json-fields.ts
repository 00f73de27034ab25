/** The members of an object that came over the network: nothing is known of them yet. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The value as an object whose members can be asked for; undefined for any other value. */
export function fieldsOf(value: unknown): JsonFields | undefined {
  return typeof value === "object" && value !== null ? (value as JsonFields) : undefined;
}

/** What a text says in JSON; undefined where it is none, or no text. */
export function parseJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined; // Peers may send any text: whoever asks knows what that means.
  }
}

/** The members of the object that a text holds as JSON; undefined for any other text. */
export function parseFields(text: unknown): JsonFields | undefined {
  return fieldsOf(parseJson(text));
}
