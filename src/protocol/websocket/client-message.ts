import { decodeBase64, readBase64 } from "../base64.ts";
import {
  type InvalidMessage,
  type JsonObject,
  invalid,
  isJsonObject,
  isName,
  parseEventMessage,
  quote,
} from "../event-message.ts";
import { type MediaFormat, parseMediaFormat } from "./media-format.ts";

/** A text message of a client on `websocket/offer`. */
export type ClientMessage =
  /** The first message. Without `media` the client speaks FastRTC's way: mu-law in `media` messages. */
  | {
      readonly type: "start";
      readonly websocketId: string;
      readonly media: MediaFormat | undefined;
      /** `true` asks for a session that can be taken over; a claim takes one over. FastRTC's own clients send neither. */
      readonly resume?: true | { readonly session: string; readonly attempt: number };
    }
  /** A text that would otherwise come on a data channel; FastRTC's own clients send none. */
  | { readonly type: "message"; readonly text: string }
  /** Audio in the encoding of the stream, which is for `parseAudioPayload` to read. */
  | { readonly type: "media"; readonly payload: Uint8Array<ArrayBuffer> }
  /** To be answered with a `pong`. */
  | { readonly type: "ping" }
  /** The client is done; the connection closes. */
  | { readonly type: "stop" }
  /** An event that this version does not know. FastRTC ignores those, and front ends rely on it. */
  | { readonly type: "unknown"; readonly event: string }
  | InvalidMessage;

const MEDIA_BEFORE = new TextEncoder().encode('{"event":"media","media":{"payload":"');
const MEDIA_AFTER = new TextEncoder().encode('"}}');

/**
 * The payload of a `media` message that is written as `JSON.stringify` does, without going by way of a string and an
 * object: nearly all messages are. `undefined` for any other, which is for `parseClientMessage` to read.
 * @param target Where the payload goes when there is room for it. @default memory of its own
 */
export function readMediaPayload(
  utf8: Uint8Array,
  target?: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | undefined {
  const end = utf8.length - MEDIA_AFTER.length;
  if (end < MEDIA_BEFORE.length || !standsAt(utf8, MEDIA_BEFORE, 0) || !standsAt(utf8, MEDIA_AFTER, end)) {
    return undefined;
  }
  // A quote or a backslash is not in the alphabet: what is base64 is the whole text between the quotes.
  return readBase64(utf8, MEDIA_BEFORE.length, end, target);
}

function standsAt(bytes: Uint8Array, part: Uint8Array, at: number): boolean {
  for (let index = 0; index < part.length; index += 1) if (bytes[at + index] !== part[index]) return false;
  return true;
}

/** Reads a text message of a client. It never throws, whatever the text. */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseEventMessage(text);
  if (message.type === "invalid") return message;
  const { event, body } = message;
  switch (event) {
    case "media":
      return parseMedia(body["media"]);
    case "start":
      return parseStart(body);
    case "message":
      return typeof body["data"] === "string"
        ? { type: "message", text: body["data"] }
        : invalid('"message" needs "data", a text.');
    case "ping":
    case "stop":
      return { type: event };
    default:
      return { type: "unknown", event: quote(event) };
  }
}

function parseStart({ websocket_id: websocketId, media, resume: asked }: JsonObject): ClientMessage {
  if (!isName(websocketId)) return invalid('"start" needs a "websocket_id" of 1 to 128 characters.');
  const resume = parseResume(asked);
  const start = { type: "start", websocketId, ...(resume !== undefined && { resume }) } as const;
  if (media === undefined || media === null) return { ...start, media: undefined };
  const format = parseMediaFormat(media);
  return "type" in format ? format : { ...start, media: format };
}

/** Whatever else is sent by this name is passed over, as any field that is not known. */
function parseResume(asked: unknown): Extract<ClientMessage, { type: "start" }>["resume"] {
  if (asked === true) return true;
  if (!isJsonObject(asked)) return undefined;
  const { session, attempt } = asked;
  if (!isName(session) || typeof attempt !== "number" || !Number.isSafeInteger(attempt) || attempt < 1)
    return undefined;
  return { session, attempt };
}

function parseMedia(media: unknown): ClientMessage {
  const text = isJsonObject(media) ? media["payload"] : undefined;
  if (typeof text !== "string") return invalid('"media" needs {"payload": audio as base64}.');
  const payload = decodeBase64(text);
  return payload ? { type: "media", payload } : invalid(`The payload ${quote(text)} is not base64.`);
}
