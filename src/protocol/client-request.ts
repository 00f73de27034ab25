import { parseFields } from "./json-fields.ts";

/** What our own client asks on the data channel; front ends of FastRTC send none of it. */
export type ClientRequest =
  /** The visitor's additional inputs, one value for each. */
  | { readonly type: "set_input"; readonly values: readonly unknown[] }
  /** The client shows additional outputs: it is sent `show_outputs` from now on. */
  | { readonly type: "show_outputs" }
  /** How the client's own stream does: answered with a `stats` message. */
  | { readonly type: "stats" };

/** What is sent to a client that asked for it: the value of each additional output. */
export interface ShowOutputsMessage {
  readonly type: "show_outputs";
  readonly data: readonly unknown[];
}

/** Reads a client's message; undefined for one of another kind, whatever it is. */
export function parseClientRequest(text: string): ClientRequest | undefined {
  if (!text.startsWith("{")) return undefined;
  const { type, data } = parseFields(text) ?? {};
  if (type === "show_outputs" || type === "stats") return { type };
  return type === "set_input" && Array.isArray(data) ? { type, values: data } : undefined;
}

/** The request as it goes over the wire. */
export function encodeClientRequest(request: ClientRequest): string {
  return request.type === "set_input"
    ? JSON.stringify({ type: request.type, data: request.values })
    : JSON.stringify(request);
}
