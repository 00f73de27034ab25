import { encodeBase64 } from "../base64.ts";
import type { MediaFormat } from "./media-format.ts";

/** The answer to a `ping`. */
export const PONG_EVENT = '{"event":"pong"}';

/**
 * Asks a client that negotiated a media format to drop the audio that it has not played yet: the reply that was under
 * way has been interrupted. Clients that did not ask never get it.
 */
export const CLEAR_EVENT = '{"event":"clear"}';

/** A text message with audio in the encoding of the stream: mu-law unless the client asked for another. */
export function encodeMediaEvent(payload: Uint8Array): string {
  // Base64 needs no escaping, and this runs for every 20 ms of every stream.
  return `{"event":"media","media":{"payload":"${encodeBase64(payload)}"}}`;
}

/** The answer to a `start` that asked for a media format: the one used from now on. Clients that did not ask get none. */
export function encodeStartEvent(websocketId: string, { encoding, sampleRate, channels, binary }: MediaFormat): string {
  return JSON.stringify({
    event: "start",
    websocket_id: websocketId,
    media: { encoding, sample_rate: sampleRate, channels, binary },
  });
}
