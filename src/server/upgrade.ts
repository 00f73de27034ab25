import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { pathBelow } from "./base-path.ts";
import { requestPath } from "./node-request.ts";

/** The WebSocket routes of FastRTC; all of them carry audio. */
const AUDIO_ROUTES: readonly string[] = ["websocket/offer", "telephone/handler"];

/**
 * Takes the WebSocket upgrade of one of the routes; false, with the socket untouched, when the path is none of them.
 * A Stream without audio turns the known routes down with a sentence, so that a client does not wait for an answer.
 */
export function handleUpgrade(basePath: string, request: IncomingMessage, socket: Duplex): boolean {
  const path = pathBelow(basePath, requestPath(request));
  if (path === undefined || !AUDIO_ROUTES.includes(path)) return false;
  const body = "This stream has no audio: connect by WebRTC, with POST webrtc/offer.\n";
  socket.end(
    `HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
  return true;
}
