import { SPOKEN_WORDS } from "../spoken-words.ts";
import { type StreamAddress, streamUrl } from "../stream-address.ts";
import { VONAGE_SAMPLE_RATE } from "./stream-message.ts";

export interface VonageCallOptions extends StreamAddress {
  /** Come back beside the event of the first message; 512 bytes at most, as Vonage has it. */
  parameters: Readonly<Record<string, string>>;
}

/**
 * The NCCO, as JSON, that answers a call by connecting it to a WebSocket, in both directions: PCM of 16 kHz.
 * @throws {FastRtcError} `invalid_argument` for an address that Vonage cannot use.
 */
export function vonageCallNcco({ parameters, ...address }: VonageCallOptions): string {
  const endpoint = {
    type: "websocket",
    uri: streamUrl(address),
    "content-type": `audio/l16;rate=${VONAGE_SAMPLE_RATE}`,
    headers: parameters,
  };
  return JSON.stringify([
    { action: "talk", text: SPOKEN_WORDS.greeting },
    { action: "connect", endpoint: [endpoint] },
    { action: "talk", text: SPOKEN_WORDS.farewell },
  ]);
}

/** The NCCO that says a sentence; the call ends with its last action. */
export function vonageHangUpNcco(sentence: string): string {
  return JSON.stringify([{ action: "talk", text: sentence }]);
}
