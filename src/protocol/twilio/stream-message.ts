import { decodeBase64 } from "../base64.ts";
import {
  type EventMessage,
  type InvalidMessage,
  type JsonObject,
  invalid,
  isJsonObject,
  isName,
  parseEventMessage,
  quote,
} from "../event-message.ts";
import {
  invalidParameters,
  objectAt,
  parseCount,
  parseParameters,
  parsePhoneDigit,
  parsePhoneMark,
} from "../phone-message.ts";

/** The one format of Twilio Media Streams: 8-bit mu-law (G.711), one channel. */
export const TWILIO_SAMPLE_RATE = 8_000;

/** Which side of the call a piece of audio is from; with `<Connect>` there is only the caller's, `inbound`. */
export type TwilioTrack = "inbound" | "outbound";

/** A message that Twilio sends on a Media Streams WebSocket. */
export type TwilioMessage =
  /** The first message, before the call is known. */
  | { readonly type: "connected" }
  /** The call and its stream; comes once, before any audio. */
  | {
      readonly type: "start";
      readonly streamSid: string;
      /** Empty when the sender leaves it out, as imitators of Twilio do; FastRTC needs the stream's alone. */
      readonly callSid: string;
      /** Empty when the sender leaves it out. */
      readonly accountSid: string;
      /** What the TwiML said in its `<Parameter>` elements. */
      readonly customParameters: Readonly<Record<string, string>>;
    }
  /** Audio, usually 20 ms in 160 bytes. */
  | {
      readonly type: "media";
      readonly track: TwilioTrack;
      /** Counts the messages of the track from 1; `undefined` when the sender does not count. */
      readonly chunk: number | undefined;
      /** Where the audio begins, in milliseconds since the stream did; `undefined` when the sender does not say. */
      readonly timestampMs: number | undefined;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  /** The audio sent before the mark of this name has been played, or was dropped by `clear`. */
  | { readonly type: "mark"; readonly name: string }
  /** The caller pressed a key: one of 0-9, *, # and A-D. */
  | { readonly type: "dtmf"; readonly digit: string }
  /** The call is over. */
  | { readonly type: "stop" }
  /** An event that this version does not know, to be ignored. */
  | { readonly type: "unknown"; readonly event: string }
  | InvalidMessage;

/** Reads a text message of a Media Streams WebSocket. It never throws, whatever the text. */
export function parseTwilioMessage(text: string): TwilioMessage {
  const message = parseEventMessage(text);
  return message.type === "invalid" ? message : parseBody(message);
}

function parseBody({ event, body }: EventMessage): TwilioMessage {
  switch (event) {
    case "media":
      return parseMedia(objectAt(body, "media"));
    case "start":
      return parseStart(objectAt(body, "start"), body["streamSid"]);
    case "mark":
      return parsePhoneMark(event, objectAt(body, "mark")["name"]);
    case "dtmf":
      return parsePhoneDigit(objectAt(body, "dtmf")["digit"]);
    case "connected":
    case "stop":
      return { type: event };
    default:
      return { type: "unknown", event: quote(event) };
  }
}

function parseStart(start: JsonObject, outerStreamSid: unknown): TwilioMessage {
  const { streamSid = outerStreamSid, callSid = "", accountSid = "", customParameters, mediaFormat } = start;
  if (!isName(streamSid)) return invalid('"start" needs a "streamSid" of 1 to 128 characters.');
  if (callSid !== "" && !isName(callSid)) return invalid('"callSid" has at most 128 characters.');
  if (accountSid !== "" && !isName(accountSid)) return invalid('"accountSid" has at most 128 characters.');
  if (!isTwilioFormat(mediaFormat)) {
    return invalid(
      `"mediaFormat" is not the audio/x-mulaw of ${TWILIO_SAMPLE_RATE} Hz and one channel that is understood.`,
    );
  }
  const parameters = parseParameters(customParameters);
  if (!parameters) return invalidParameters("customParameters");
  return { type: "start", streamSid, callSid, accountSid, customParameters: parameters };
}

function parseMedia({ track = "inbound", chunk, timestamp, payload: text }: JsonObject): TwilioMessage {
  if (track !== "inbound" && track !== "outbound") return invalid('"track" is "inbound" or "outbound".');
  if (typeof text !== "string") return invalid('"media" needs a "payload": mu-law as base64.');
  const payload = decodeBase64(text);
  if (!payload) return invalid(`The payload ${quote(text)} is not base64.`);
  return { type: "media", track, chunk: parseCount(chunk), timestampMs: parseCount(timestamp), payload };
}

/** A missing format is Twilio's, the only one that there is. */
function isTwilioFormat(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isJsonObject(value)) return false;
  const { encoding = "audio/x-mulaw", sampleRate = TWILIO_SAMPLE_RATE, channels = 1 } = value;
  return encoding === "audio/x-mulaw" && parseCount(sampleRate) === TWILIO_SAMPLE_RATE && parseCount(channels) === 1;
}
