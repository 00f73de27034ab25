import { FastRtcError } from "../../errors.ts";
import { parsePublicHost } from "./public-host.ts";

export interface IncomingCallOptions {
  /** The public host of this server, with its port when it is not 443: what Twilio can reach. */
  host: string;
  /** The path of the WebSocket route that takes the call, such as "/telephone/handler". No query: Twilio drops it. */
  path: string;
  /** What the caller hears first. An empty text says nothing. @default "Connecting to the AI assistant." */
  greeting?: string;
  /** What the caller hears when the stream has ended. An empty text says nothing. @default "The call has been disconnected." */
  farewell?: string;
  /** Comes back as `customParameters` of the `start` message: the way to hand something to the stream. @default {} */
  parameters?: Readonly<Record<string, string>>;
}

/**
 * The TwiML that answers an incoming call by connecting it, in both directions, to a WebSocket. Twilio connects over TLS
 * only, so the address begins with wss.
 * @throws {FastRtcError} `invalid_argument` when `host` or `path` would make an address that Twilio cannot use.
 */
export function incomingCallTwiml({
  host,
  path,
  greeting = "Connecting to the AI assistant.",
  farewell = "The call has been disconnected.",
  parameters = {},
}: IncomingCallOptions): string {
  if (parsePublicHost(host) === undefined) {
    throw new FastRtcError(
      "invalid_argument",
      `${JSON.stringify(host)} is not a host such as "example.com" or "example.com:8443".`,
    );
  }
  if (!/^\/[^\s?#]*$/.test(path)) {
    throw new FastRtcError(
      "invalid_argument",
      `${JSON.stringify(path)} is not a path such as "/telephone/handler", without a query.`,
    );
  }
  const parameterElements = Object.entries(parameters).map(
    ([name, value]) => `<Parameter name="${escapeXml(name)}" value="${escapeXml(value)}" />`,
  );
  const stream = `<Stream url="${escapeXml(`wss://${host}${path}`)}">${parameterElements.join("")}</Stream>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${say(greeting)}<Connect>${stream}</Connect>${say(farewell)}</Response>`;
}

/** The TwiML that says a sentence and ends the call. */
export function hangUpTwiml(sentence: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${say(sentence)}<Hangup /></Response>`;
}

function say(text: string): string {
  return text === "" ? "" : `<Say>${escapeXml(text)}</Say>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for an element or an attribute; what XML 1.0 cannot hold at all (§2.2) becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
