import { type JsonObject, invalid, isJsonObject, isName, parseEventMessage, quote } from "../event-message.ts";
import {
  type PhoneMessage,
  invalidParameters,
  objectAt,
  parseCount,
  parseParameters,
  parsePhoneDigit,
  parsePhoneMark,
  parsePhoneMedia,
} from "../phone-message.ts";

/** Reads a text message of Plivo's audio streaming. It never throws, whatever the text. */
export function parsePlivoMessage(text: string): PhoneMessage {
  const message = parseEventMessage(text);
  if (message.type === "invalid") return message;
  const { event, body } = message;
  switch (event) {
    case "media":
      return parsePhoneMedia(objectAt(body, "media"));
    case "start":
      return parseStart(objectAt(body, "start"), body["extra_headers"]);
    case "playedStream":
      return parsePhoneMark(event, body["name"]);
    case "dtmf":
      return parsePhoneDigit(objectAt(body, "dtmf")["digit"]);
    case "stop":
      return { type: event };
    default:
      return { type: "unknown", event: quote(event) };
  }
}

function parseStart(start: JsonObject, extraHeaders: unknown): PhoneMessage {
  const { streamId, callId = "", mediaFormat } = start;
  if (!isName(streamId)) return invalid('"start" needs a "streamId" of 1 to 128 characters.');
  if (callId !== "" && !isName(callId)) return invalid('"callId" has at most 128 characters.');
  if (!isMuLaw(mediaFormat)) {
    return invalid('"mediaFormat" is not the audio/x-mulaw of 8000 Hz that the answer to the webhook asked for.');
  }
  const parameters = parseHeaders(extraHeaders);
  return parameters ? { type: "start", streamId, callId, parameters } : invalidParameters("extra_headers");
}

/** "a=1;b=2" as the documentation shows it, commas as they were given, or an object. */
function parseHeaders(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== "string") return parseParameters(value);
  const pairs = value.split(/[;,]/).filter((pair) => pair.includes("="));
  return parseParameters(
    Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1)]),
    ),
  );
}

function isMuLaw(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isJsonObject(value)) return false;
  const { encoding = "audio/x-mulaw", sampleRate = 8000 } = value;
  return encoding === "audio/x-mulaw" && parseCount(sampleRate) === 8000;
}
