import { decodeBase64 } from "./base64.ts";
import { type InvalidMessage, type JsonObject, invalid, isJsonObject, isName, quote } from "./event-message.ts";

/** What a telephone company says on the WebSocket of a call, whichever it is. */
export type PhoneMessage =
  /** The WebSocket is open, and the call not known yet. */
  | { readonly type: "connected" }
  /** The call and its stream; comes once, before any sound. */
  | {
      readonly type: "start";
      /** What the company calls the stream; empty when it has no name. */
      readonly streamId: string;
      /** What it calls the call; empty when it does not say. */
      readonly callId: string;
      /** What the answer to the webhook gave to the stream. */
      readonly parameters: Readonly<Record<string, string>>;
    }
  /** Sound of the caller, in the format of the stream. */
  | { readonly type: "media"; readonly payload: Uint8Array; readonly timestampMs: number | undefined }
  /** The sound sent before the mark of this name has been played, or was dropped. */
  | { readonly type: "mark"; readonly name: string }
  /** The caller pressed a key: one of 0-9, *, # and A-D. */
  | { readonly type: "dtmf"; readonly digit: string }
  /** The call is over. */
  | { readonly type: "stop" }
  /** What needs no answer: an event that is not known, or not meant for us. */
  | { readonly type: "unknown"; readonly event: string }
  | InvalidMessage;

type MessageOf<Type extends PhoneMessage["type"]> = Extract<PhoneMessage, { type: Type }>;

const MAX_PARAMETERS = 64;
const MAX_PARAMETER_LENGTH = 4096;

/** The member of that name when it is an object, else an empty one. */
export function objectAt(body: JsonObject, key: string): JsonObject {
  const value = body[key];
  return isJsonObject(value) ? value : {};
}

/** Sound as base64; the other side's own is left alone. */
export function parsePhoneMedia({ track = "inbound", timestamp, payload: text }: JsonObject): PhoneMessage {
  if (track !== "inbound") return { type: "unknown", event: "media of another track" };
  if (typeof text !== "string") return invalid('"media" needs a "payload": sound as base64.');
  const payload = decodeBase64(text);
  if (!payload) return invalid(`The payload ${quote(text)} is not base64.`);
  return { type: "media", payload, timestampMs: parseCount(timestamp) };
}

/** @param event What the company calls a mark that came back. */
export function parsePhoneMark(event: string, name: unknown): MessageOf<"mark"> | InvalidMessage {
  return isName(name) ? { type: "mark", name } : invalid(`"${event}" needs a "name" of 1 to 128 characters.`);
}

export function parsePhoneDigit(digit: unknown): MessageOf<"dtmf"> | InvalidMessage {
  if (typeof digit === "string" && /^[0-9*#A-D]$/.test(digit)) return { type: "dtmf", digit };
  return invalid('"dtmf" needs a "digit": one of 0-9, *, # and A-D.');
}

/** Companies write counts as texts or as numbers; undefined for anything else. */
export function parseCount(value: unknown): number | undefined {
  if (typeof value === "string" && !/^\d{1,15}$/.test(value)) return undefined;
  const count = typeof value === "string" ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** Texts by name, as many and as long as anybody needs; undefined for anything else. */
export function parseParameters(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (entries.length !== Object.keys(value).length || entries.length > MAX_PARAMETERS) return undefined;
  if (entries.some((entry) => entry.some((text) => text.length > MAX_PARAMETER_LENGTH))) return undefined;
  return Object.fromEntries(entries);
}

export function invalidParameters(name: string): InvalidMessage {
  return invalid(`"${name}" holds at most ${MAX_PARAMETERS} texts of at most ${MAX_PARAMETER_LENGTH} characters.`);
}
