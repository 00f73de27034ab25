import { callDocument } from "../call-document.ts";
import { escapeXml } from "../escape-xml.ts";
import { SPOKEN_WORDS } from "../spoken-words.ts";
import { type StreamAddress, streamUrl } from "../stream-address.ts";

export interface TelnyxCallOptions extends StreamAddress {
  /** Comes back as `custom_parameters` of the `start` message. */
  parameters: Readonly<Record<string, string>>;
}

/**
 * The TeXML that answers a call by connecting it to a WebSocket, in both directions: "rtp" is what makes it two-way, mu-law of 8 kHz.
 * @throws {FastRtcError} `invalid_argument` for an address that Telnyx cannot use.
 */
export function telnyxCallTexml({ parameters, ...address }: TelnyxCallOptions): string {
  const elements = Object.entries(parameters).map(
    ([name, value]) => `<Parameter name="${escapeXml(name)}" value="${escapeXml(value)}" />`,
  );
  return callDocument(
    say(SPOKEN_WORDS.greeting) +
      `<Connect><Stream url="${escapeXml(streamUrl(address))}" track="inbound_track" codec="PCMU" bidirectionalMode="rtp" ` +
      `bidirectionalCodec="PCMU">${elements.join("")}</Stream></Connect>${say(SPOKEN_WORDS.farewell)}<Hangup />`,
  );
}

/** The TeXML that says a sentence and ends the call. */
export function telnyxHangUpTexml(sentence: string): string {
  return callDocument(`${say(sentence)}<Hangup />`);
}

function say(text: string): string {
  return `<Say>${escapeXml(text)}</Say>`;
}
