import { base64Length, writeBase64 } from "../base64.ts";
import type { MediaFormat } from "./media-format.ts";

/** The answer to a `ping`. */
export const PONG_EVENT = '{"event":"pong"}';

/**
 * Asks a client that negotiated a media format to drop the audio that it has not played yet: the reply that was under
 * way has been interrupted. Clients that did not ask never get it.
 */
export const CLEAR_EVENT = '{"event":"clear"}';

const MEDIA_BEFORE = new TextEncoder().encode('{"event":"media","media":{"payload":"');
const MEDIA_AFTER = new TextEncoder().encode('"}}');

/** How many bytes a `media` message with a payload of `byteLength` bytes has. */
export function mediaEventLength(byteLength: number): number {
  return MEDIA_BEFORE.length + base64Length(byteLength) + MEDIA_AFTER.length;
}

/**
 * Writes a text message with audio in the encoding of the stream, mu-law unless the client asked for another, as UTF-8 to
 * `target` from `at` on. This runs for every 20 ms of every stream: a string would be copied three times on its way.
 */
export function writeMediaEvent(payload: Uint8Array, target: Uint8Array, at: number): void {
  target.set(MEDIA_BEFORE, at);
  writeBase64(payload, target, at + MEDIA_BEFORE.length);
  target.set(MEDIA_AFTER, at + MEDIA_BEFORE.length + base64Length(payload.length));
}

/**
 * The answer to a `start` that asked for a media format: the one used from now on, which for a session that is taken over is what that
 * began with. Clients that did not ask get none.
 * @param session the token of the session, for a client that asked for one that can be taken over
 */
export function encodeStartEvent(
  websocketId: string,
  { encoding, sampleRate, channels, binary }: MediaFormat,
  session?: string,
): string {
  return JSON.stringify({
    event: "start",
    websocket_id: websocketId,
    media: { encoding, sample_rate: sampleRate, channels, binary },
    session,
  });
}
