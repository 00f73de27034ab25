import { fieldsOf, parseFields } from "../protocol/json-fields.ts";
import type { ProtocolMessage } from "../protocol/server-message.ts";

/**
 * Reads one message of the server from the data channel. The text of `error` and `warning` may stand under
 * `data` or under `message`, as FastRTC servers send both. Undefined when it is not such a message.
 */
export function parseServerMessage(text: unknown): ProtocolMessage | undefined {
  const { type, data, message } = parseFields(text) ?? {};
  const said = textOf(data) || textOf(message);
  switch (type) {
    case "send_input":
    case "fetch_output":
      return { type };
    case "error":
    case "warning":
      return { type, data: said || `The server sent: ${type}` };
    case "end_stream":
    case "stopword":
    case "log":
      return { type, data: said };
    case "update_connection":
      return data === "closed" ? { type, data } : undefined;
    case "transcript":
      return parseTranscript(data);
    case "progress":
      return parseProgress(data);
    default:
      return undefined;
  }
}

function parseTranscript(data: unknown): ProtocolMessage | undefined {
  const { role, text, id } = fieldsOf(data) ?? {};
  if ((role !== "user" && role !== "assistant") || typeof text !== "string") return undefined;
  return { type: "transcript", data: { role, text, ...(typeof id === "string" && { id }) } };
}

function parseProgress(data: unknown): ProtocolMessage | undefined {
  if (data === null) return { type: "progress", data };
  const { text, value } = fieldsOf(data) ?? {};
  if (typeof text !== "string") return undefined;
  return { type: "progress", data: { text, ...(typeof value === "number" && { value }) } };
}

/** The values of a `show_outputs` message; undefined when it is none. */
export function parseShownOutputs(text: unknown): readonly unknown[] | undefined {
  if (typeof text !== "string" || !text.startsWith('{"type":"show_outputs"')) return undefined;
  const data = parseFields(text)?.["data"];
  return Array.isArray(data) ? data : undefined;
}

function textOf(value: unknown): string {
  const given = value ?? "";
  return typeof given === "string" ? given : JSON.stringify(given);
}
