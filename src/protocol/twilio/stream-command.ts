import { encodeBase64 } from "../base64.ts";

/** Plays audio to the caller after what was sent before: mu-law at 8 kHz, one channel, whole frames of 20 ms (160 bytes). */
export function encodeTwilioMedia(streamSid: string, payload: Uint8Array): string {
  // Base64 needs no escaping, and this runs for every 20 ms of every call.
  return `{"event":"media","streamSid":${JSON.stringify(streamSid)},"media":{"payload":"${encodeBase64(payload)}"}}`;
}

/**
 * Asks to be told by a `mark` message of the same name when all audio sent so far has been played, or was dropped by
 * `clear`. Twilio plays from a buffer of its own, so this is the only way to know how much the caller has heard.
 */
export function encodeTwilioMark(streamSid: string, name: string): string {
  return JSON.stringify({ event: "mark", streamSid, mark: { name } });
}

/** Drops the audio that Twilio has not played yet: without it the caller goes on hearing an interrupted reply. */
export function encodeTwilioClear(streamSid: string): string {
  return JSON.stringify({ event: "clear", streamSid });
}
