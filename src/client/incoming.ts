import { parseJson } from "../protocol/json-fields.ts";
import type { ProtocolMessage } from "../protocol/server-message.ts";
import { parseServerStats, type ServerStats } from "../protocol/server-stats.ts";
import { parseServerMessage, parseShownOutputs } from "./server-message.ts";

/** What the application's own handler sent: `handler.sendMessage(data)`, or anything else that is no message of the protocol. */
export interface CustomMessage<Data = unknown> {
  readonly type: "custom";
  /** What was sent as JSON, or a text that is none as it is. */
  readonly data: Data;
}

/** What a text of the server may be. */
export type Incoming =
  | { readonly type: "outputs"; readonly values: readonly unknown[] }
  | { readonly type: "server-stats"; readonly stats: ServerStats }
  | { readonly type: "message"; readonly message: ProtocolMessage | CustomMessage };

/** Reads a whole text of the server. */
export function parseIncoming(text: unknown): Incoming {
  const values = parseShownOutputs(text);
  if (values) return { type: "outputs", values };
  const stats = parseServerStats(text);
  if (stats) return { type: "server-stats", stats };
  const json = parseJson(text);
  const message = parseServerMessage(text) ?? { type: "custom", data: json === undefined ? text : json };
  return { type: "message", message };
}
