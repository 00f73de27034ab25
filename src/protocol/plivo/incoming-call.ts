import { FastRtcError } from "../../errors.ts";
import { callDocument } from "../call-document.ts";
import { escapeXml } from "../escape-xml.ts";
import { SPOKEN_WORDS } from "../spoken-words.ts";
import { type StreamAddress, streamUrl } from "../stream-address.ts";

export interface PlivoCallOptions extends StreamAddress {
  /** Come back as `extra_headers` of the `start` message; letters and digits only, as Plivo has it. */
  parameters: Readonly<Record<string, string>>;
}

/**
 * The XML that answers a call by connecting it to a WebSocket, in both directions, in mu-law of 8 kHz.
 * @throws {FastRtcError} `invalid_argument` for an address or parameters that Plivo cannot use.
 */
export function plivoCallXml({ parameters, ...address }: PlivoCallOptions): string {
  const pairs = Object.entries(parameters);
  if (!pairs.flat().every((text) => /^[A-Za-z0-9]+$/.test(text))) {
    throw new FastRtcError("invalid_argument", "Plivo's extra headers are of letters and digits only.");
  }
  const headers = pairs.map(([name, value]) => `${name}=${value}`).join(",");
  return callDocument(
    `${say(SPOKEN_WORDS.greeting)}<Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000"` +
      `${headers === "" ? "" : ` extraHeaders="${headers}"`}>${escapeXml(streamUrl(address))}</Stream>` +
      `${say(SPOKEN_WORDS.farewell)}<Hangup />`,
  );
}

/** The XML that says a sentence and ends the call. */
export function plivoHangUpXml(sentence: string): string {
  return callDocument(`${say(sentence)}<Hangup />`);
}

function say(text: string): string {
  return `<Speak>${escapeXml(text)}</Speak>`;
}
