import { hangUpTwiml, incomingCallTwiml } from "../../protocol/twilio/incoming-call.ts";
import { encodeTwilioClear, encodeTwilioMark, encodeTwilioMedia } from "../../protocol/twilio/stream-command.ts";
import { TWILIO_SAMPLE_RATE, parseTwilioMessage } from "../../protocol/twilio/stream-message.ts";
import type { PhoneMessage } from "../../protocol/phone-message.ts";
import type { Carrier } from "./carrier.ts";
import { isFromTwilio } from "./twilio-signature.ts";

/**
 * Twilio Media Streams: mu-law of 8 kHz, webhook and WebSocket both signed.
 * @param authToken The account's; without it requests are not checked, and anyone may call.
 */
export function twilioCarrier(authToken: string | undefined): Carrier {
  const isSigned = (
    headers: Headers,
    urls: readonly string[],
    form: readonly (readonly [string, string])[],
  ): boolean | Promise<boolean> =>
    authToken === undefined || isFromTwilio({ urls, form, signature: headers.get("x-twilio-signature"), authToken });
  return {
    name: "Twilio",
    route: "",
    codec: "PCMU",
    sampleRate: TWILIO_SAMPLE_RATE,
    checksCallers: authToken !== undefined,
    sentWebhook: ({ headers, urls, form }) => isSigned(headers, urls, form),
    openedStream: ({ headers, urls }) => isSigned(headers, urls, []),
    connect: (address) => ({ contentType: "application/xml", body: incomingCallTwiml(address) }),
    hangUp: (sentence) => ({ contentType: "application/xml", body: hangUpTwiml(sentence) }),
    readText,
    media: encodeTwilioMedia,
    mark: encodeTwilioMark,
    clear: encodeTwilioClear,
  };
}

function readText(text: string): PhoneMessage {
  const message = parseTwilioMessage(text);
  switch (message.type) {
    case "start": {
      const { streamSid, callSid, customParameters } = message;
      return { type: "start", streamId: streamSid, callId: callSid, parameters: customParameters };
    }
    case "media":
      return message.track === "inbound" ? message : { type: "unknown", event: "media of another track" };
    default:
      return message;
  }
}
