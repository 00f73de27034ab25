import { callDocument } from "../call-document.ts";
import { escapeXml } from "../escape-xml.ts";
import { SPOKEN_WORDS } from "../spoken-words.ts";
import { type StreamAddress, streamUrl } from "../stream-address.ts";

export interface IncomingCallOptions extends StreamAddress {
  /** What the caller hears first. An empty text says nothing. @default "Connecting to the AI assistant." */
  greeting?: string;
  /** What the caller hears when the stream has ended. An empty text says nothing. @default "The call has been disconnected." */
  farewell?: string;
  /** Comes back as `customParameters` of the `start` message: the way to hand something to the stream. @default {} */
  parameters?: Readonly<Record<string, string>>;
}

/**
 * The TwiML that answers an incoming call by connecting it, in both directions, to a WebSocket.
 * @throws {FastRtcError} `invalid_argument` when `host` or `path` would make an address that Twilio cannot use.
 */
export function incomingCallTwiml({
  greeting = SPOKEN_WORDS.greeting,
  farewell = SPOKEN_WORDS.farewell,
  parameters = {},
  ...address
}: IncomingCallOptions): string {
  const parameterElements = Object.entries(parameters).map(
    ([name, value]) => `<Parameter name="${escapeXml(name)}" value="${escapeXml(value)}" />`,
  );
  const stream = `<Stream url="${escapeXml(streamUrl(address))}">${parameterElements.join("")}</Stream>`;
  return callDocument(`${say(greeting)}<Connect>${stream}</Connect>${say(farewell)}`);
}

/** The TwiML that says a sentence and ends the call. */
export function hangUpTwiml(sentence: string): string {
  return callDocument(`${say(sentence)}<Hangup />`);
}

function say(text: string): string {
  return text === "" ? "" : `<Say>${escapeXml(text)}</Say>`;
}
