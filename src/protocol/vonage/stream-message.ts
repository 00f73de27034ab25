import { type JsonObject, invalid, parseEventMessage, quote } from "../event-message.ts";
import { type PhoneMessage, objectAt, parsePhoneDigit, parsePhoneMark } from "../phone-message.ts";

/** The format that the answer to the webhook asks for: 16-bit little-endian PCM, one channel, 20 ms a message. */
export const VONAGE_SAMPLE_RATE = 16_000;

const MAX_PARAMETERS = 64;

/** Reads a text message of Vonage's WebSockets. It never throws, whatever the text. */
export function parseVonageMessage(text: string): PhoneMessage {
  const message = parseEventMessage(text);
  if (message.type === "invalid") return message;
  const { event, body } = message;
  switch (event) {
    case "websocket:connected":
      return parseConnected(body);
    case "websocket:notify":
      return parsePhoneMark(event, objectAt(body, "payload")["name"]);
    case "websocket:dtmf":
      // The digit stands outside; some versions put it into an object.
      return parsePhoneDigit(body["digit"] ?? objectAt(body, "dtmf")["digit"]);
    case "websocket:disconnected":
    case "websocket:closed":
      return { type: "stop" };
    default:
      return { type: "unknown", event: quote(event) };
  }
}

/** A binary message is sound. */
export function parseVonageSound(bytes: Uint8Array): PhoneMessage {
  if (bytes.length % 2 !== 0) return invalid(`A binary message has ${bytes.length} bytes; PCM of 16 bits is even.`);
  return { type: "media", payload: bytes, timestampMs: undefined };
}

/** The first message: the format, and beside it what the NCCO gave as `headers`. */
function parseConnected({ "content-type": contentType, ...rest }: JsonObject): PhoneMessage {
  if (contentType !== undefined && !isFormat(contentType)) {
    return invalid(
      `"content-type" is not the audio/l16;rate=${VONAGE_SAMPLE_RATE} that the answer to the webhook asked for.`,
    );
  }
  const texts = Object.entries(rest).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[0] !== "event",
  );
  const parameters = Object.fromEntries(texts.slice(0, MAX_PARAMETERS));
  return { type: "start", streamId: "", callId: parameters["uuid"] ?? "", parameters };
}

function isFormat(contentType: unknown): boolean {
  return typeof contentType === "string" && contentType.replaceAll(" ", "") === `audio/l16;rate=${VONAGE_SAMPLE_RATE}`;
}
