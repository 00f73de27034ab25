import type { ProtocolMessage } from "../protocol/server-message.ts";

/**
 * Reads one message of the server from the data channel. The text of `error` and `warning` may stand under
 * `data` or under `message`, as FastRTC servers send both. Undefined when it is not such a message.
 */
export function parseServerMessage(text: unknown): ProtocolMessage | undefined {
  const fields = parseObject(text);
  if (!fields) return undefined;
  const { type } = fields;
  switch (type) {
    case "send_input":
    case "fetch_output":
      return { type };
    case "error":
    case "warning":
      return { type, data: textOf(fields["data"]) || textOf(fields["message"]) || `The server sent: ${type}` };
    case "end_stream":
    case "stopword":
    case "log":
      return { type, data: textOf(fields["data"]) || textOf(fields["message"]) };
    case "update_connection":
      return fields["data"] === "closed" ? { type, data: "closed" } : undefined;
    case "transcript":
      return parseTranscript(fields["data"]);
    case "progress":
      return parseProgress(fields["data"]);
    default:
      return undefined;
  }
}

function parseTranscript(data: unknown): ProtocolMessage | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { role, text, id } = data as Readonly<Record<string, unknown>>;
  if ((role !== "user" && role !== "assistant") || typeof text !== "string") return undefined;
  return { type: "transcript", data: { role, text, ...(typeof id === "string" && { id }) } };
}

function parseProgress(data: unknown): ProtocolMessage | undefined {
  if (data === null) return { type: "progress", data };
  if (typeof data !== "object") return undefined;
  const { text, value } = data as Readonly<Record<string, unknown>>;
  if (typeof text !== "string") return undefined;
  return { type: "progress", data: { text, ...(typeof value === "number" && { value }) } };
}

/** The values of a `show_outputs` message; undefined when it is none. */
export function parseShownOutputs(text: unknown): readonly unknown[] | undefined {
  if (typeof text !== "string" || !text.startsWith('{"type":"show_outputs"')) return undefined;
  const data = parseObject(text)?.["data"];
  return Array.isArray(data) ? data : undefined;
}

function parseObject(text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // Not JSON, so not a message of the protocol; the caller reports it.
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
