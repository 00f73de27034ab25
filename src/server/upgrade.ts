import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { MediaConnection } from "../sockets/media-connection.ts";
import { WsSocket } from "../sockets/ws-socket.ts";
import { pathBelow } from "./base-path.ts";
import { requestPath } from "./node-request.ts";
import type { CallRequest, SocketService } from "./socket-service.ts";

/** The WebSocket routes of FastRTC; all of them carry audio. */
const WEBSOCKET_ROUTE = "websocket/offer";
const TELEPHONE_ROUTE = "telephone/handler";
/** Longest message, in bytes, which its reader would take; a longer one ends the connection with code 1009. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** How many pings may wait for their answer to leave; who sends more without reading is cut off. */
const MAX_WAITING_PONGS = 64;

const options = {
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxPendingAutoPongs: MAX_WAITING_PONGS, // The package's types do not know it yet.
  // Compressed speech does not compress, and inflating is a way to make much of little.
  perMessageDeflate: false,
};
const NOTHING = Buffer.alloc(0);
const webSockets = new WebSocketServer(options);

export interface UpgradeOptions {
  /** The prefix of the routes, from `parseBasePath`. */
  readonly basePath: string;
  /** Absent for a Stream without audio. */
  readonly sockets: SocketService | undefined;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/**
 * Takes the WebSocket upgrade of one of the routes; false, with the socket untouched, when the path is none of them.
 * A Stream without audio turns the known routes down with a sentence, so that a client does not wait for an answer.
 */
export function handleUpgrade({ basePath, sockets, request, socket, head }: UpgradeOptions): boolean {
  const path = pathBelow(basePath, requestPath(request));
  if (path !== WEBSOCKET_ROUTE && path !== TELEPHONE_ROUTE) return false;
  if (!sockets) {
    refuseUpgrade(socket, "This stream has no audio: connect by WebRTC, with POST webrtc/offer.");
    return true;
  }
  const connection = new MediaConnection(socket);
  webSockets.handleUpgrade(request, connection, NOTHING, (webSocket) => {
    const accepted = new WsSocket(webSocket, connection);
    const call = callRequestOf(request);
    if (path === WEBSOCKET_ROUTE) sockets.acceptWebSocket(accepted, call.headers);
    else sockets.acceptCall(accepted, call);
    connection.listen(accepted, head);
  });
  return true;
}

/** Answers an upgrade that nobody takes with a 404 and a sentence. */
export function refuseUpgrade(socket: Duplex, sentence: string): void {
  const body = `${sentence}\n`;
  // The client may be gone: then there is nobody to tell.
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

/** What the telephone company called, from a request of node:http or of the web. */
export function callRequestOf(request: IncomingMessage | Request): CallRequest {
  if (request instanceof Request) {
    const { pathname, search } = new URL(request.url);
    return { headers: request.headers, pathAndQuery: pathname + search };
  }
  const headers = new Headers();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    headers.append(request.rawHeaders[index] ?? "", request.rawHeaders[index + 1] ?? "");
  }
  // Express takes the prefix of a router away from `url`.
  const original: unknown = "originalUrl" in request ? request.originalUrl : undefined;
  return { headers, pathAndQuery: typeof original === "string" ? original : (request.url ?? "/") };
}
