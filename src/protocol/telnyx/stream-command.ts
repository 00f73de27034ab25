import { encodeBase64 } from "../base64.ts";

/** Plays sound to the caller after what was sent before: mu-law at 8 kHz, one channel, 20 ms to 30 s. */
export function encodeTelnyxMedia(payload: Uint8Array): string {
  return `{"event":"media","media":{"payload":"${encodeBase64(payload)}"}}`;
}

/** Asks for a `mark` of the same name once all sound sent so far has been played, or was dropped by `clear`. */
export function encodeTelnyxMark(name: string): string {
  return JSON.stringify({ event: "mark", mark: { name } });
}

/** Drops the sound that has not been played yet. */
export function encodeTelnyxClear(): string {
  return '{"event":"clear"}';
}
