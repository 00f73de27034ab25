import { parseJson } from "./json-fields.ts";

/** Longest text message accepted, in characters: 24 s of mu-law at 8 kHz, where clients send 20 to 100 ms. */
export const MAX_TEXT_MESSAGE_LENGTH = 256 * 1024;

/** How much of a foreign text stands in a sentence about it. */
const QUOTED_LENGTH = 40;

/** A message that could not be read. It is told to the peer or logged, and the next one may be fine. */
export interface InvalidMessage {
  readonly type: "invalid";
  /** One sentence: what was wrong and what is expected. */
  readonly reason: string;
}

/** A JSON message that names itself under `event`, as FastRTC's and Twilio's WebSocket messages do. */
export interface EventMessage {
  readonly type: "event";
  readonly event: string;
  /** The whole message, not yet checked. */
  readonly body: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a text message up to its `event`. It never throws, whatever the text. */
export function parseEventMessage(text: string): EventMessage | InvalidMessage {
  if (text.length > MAX_TEXT_MESSAGE_LENGTH) {
    return invalid(`The message has ${text.length} characters; at most ${MAX_TEXT_MESSAGE_LENGTH} are read.`);
  }
  const body = parseJson(text);
  if (body === undefined) return invalid(`The message ${quote(text)} is not JSON.`);
  if (!isJsonObject(body)) return invalid(`The message ${quote(text)} is not a JSON object.`);
  const event = body["event"];
  if (typeof event !== "string") return invalid(`The message ${quote(text)} has no "event".`);
  return { type: "event", event, body };
}

export function invalid(reason: string): InvalidMessage {
  return { type: "invalid", reason };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a string of 1 to `maxLength` characters: the ids and names of peers. */
export function isName(value: unknown, maxLength = 128): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= maxLength;
}

/** A foreign text for a sentence: in quotes, without control characters, and no longer than a few words. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text);
}
