import type { ProtocolMessage } from "../protocol/server-message.ts";
import { parseServerStats, type ServerStats } from "../protocol/server-stats.ts";
import { ClientError } from "./client-error.ts";
import { parseServerMessage, parseShownOutputs } from "./server-message.ts";

/** What a text of the server may be. */
export type Incoming =
  | { readonly type: "outputs"; readonly values: readonly unknown[] }
  | { readonly type: "server-stats"; readonly stats: ServerStats }
  | { readonly type: "message"; readonly message: ProtocolMessage }
  | { readonly type: "unknown"; readonly error: ClientError };

/** Reads a whole text of the server. */
export function parseIncoming(text: unknown): Incoming {
  const values = parseShownOutputs(text);
  if (values) return { type: "outputs", values };
  const stats = parseServerStats(text);
  if (stats) return { type: "server-stats", stats };
  const message = parseServerMessage(text);
  if (message) return { type: "message", message };
  const start = String(text).slice(0, 200);
  const error = new ClientError("server_unreachable", `The server sent a message that is not known here: ${start}`);
  return { type: "unknown", error };
}
