import { encodeBase64 } from "../base64.ts";

/** Plays sound to the caller after what was sent before: mu-law at 8 kHz, one channel. */
export function encodePlivoMedia(streamId: string, payload: Uint8Array): string {
  return (
    `{"event":"playAudio","streamId":${JSON.stringify(streamId)},` +
    `"media":{"contentType":"audio/x-mulaw","sampleRate":8000,"payload":"${encodeBase64(payload)}"}}`
  );
}

/** Asks for a `playedStream` of the same name once all sound sent so far has been played; not when it was dropped. */
export function encodePlivoCheckpoint(streamId: string, name: string): string {
  return JSON.stringify({ event: "checkpoint", streamId, name });
}

/** Drops the sound that has not been played yet. */
export function encodePlivoClear(streamId: string): string {
  return JSON.stringify({ event: "clearAudio", streamId });
}
