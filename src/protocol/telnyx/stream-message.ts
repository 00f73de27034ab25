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

/** Reads a text message of Telnyx's media streaming over WebSockets. It never throws, whatever the text. */
export function parseTelnyxMessage(text: string): PhoneMessage {
  const message = parseEventMessage(text);
  if (message.type === "invalid") return message;
  const { event, body } = message;
  switch (event) {
    case "media":
      return parsePhoneMedia(objectAt(body, "media"));
    case "start":
      return parseStart(objectAt(body, "start"), body["stream_id"]);
    case "mark":
      return parsePhoneMark(event, objectAt(body, "mark")["name"]);
    case "dtmf":
      return parsePhoneDigit(objectAt(body, "dtmf")["digit"]);
    case "error":
      return invalid(`Telnyx reports an error: ${quote(JSON.stringify(body["payload"] ?? body))}.`);
    case "connected":
    case "stop":
      return { type: event };
    default:
      return { type: "unknown", event: quote(event) };
  }
}

function parseStart(start: JsonObject, streamId: unknown): PhoneMessage {
  const { call_control_id: callId = "", custom_parameters: custom, media_format: format } = start;
  if (!isName(streamId)) return invalid('"start" needs a "stream_id" of 1 to 128 characters.');
  // These ids are long: they carry where the call is.
  if (callId !== "" && !isName(callId, 512)) return invalid('"call_control_id" has at most 512 characters.');
  if (!isMuLaw(format)) {
    return invalid(
      '"media_format" is not the PCMU of 8000 Hz and one channel that the answer to the webhook asked for.',
    );
  }
  const parameters = parseParameters(custom);
  return parameters ? { type: "start", streamId, callId, parameters } : invalidParameters("custom_parameters");
}

function isMuLaw(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isJsonObject(value)) return false;
  const { encoding = "PCMU", sample_rate: sampleRate = 8000, channels = 1 } = value;
  return encoding === "PCMU" && parseCount(sampleRate) === 8000 && parseCount(channels) === 1;
}
