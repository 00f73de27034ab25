import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { MediaConnection } from "../sockets/media-connection.ts";
import { WsSocket } from "../sockets/ws-socket.ts";
import type { Identity } from "../session/identity.ts";
import type { StreamAccess } from "./access/access.ts";
import type { Verdict } from "./access/gate.ts";
import { pathBelow } from "./base-path.ts";
import { isPlainPath, requestPath, requestUrl } from "./node-request.ts";
import type { CallRequest, SocketService } from "./socket-service.ts";
import { carrierOf } from "./telephone-route.ts";

/** Beside it there are those of telephone calls; all of them carry audio. */
const WEBSOCKET_ROUTE = "websocket/offer";
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
  /** Who may come in; undefined for everybody. Not to be left out: whoever forgets it lets everybody in. */
  readonly access: StreamAccess | undefined;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/**
 * Takes the WebSocket upgrade of one of the routes; false, with the socket untouched, when the path is none of them.
 * A Stream without audio turns the known routes down with a sentence, so that a client does not wait for an answer.
 */
export function handleUpgrade({ basePath, sockets, access, request, socket, head }: UpgradeOptions): boolean {
  const path = isPlainPath(request) ? pathBelow(basePath, requestPath(request)) : undefined;
  const carrier = path === undefined ? undefined : carrierOf(path, "handler");
  const isCall = carrier !== undefined && (sockets?.carriers ?? [""]).includes(carrier);
  if (path !== WEBSOCKET_ROUTE && !isCall) return false;
  if (!sockets) {
    refuseUpgrade(socket, "This stream has no audio: connect by WebRTC, with POST webrtc/offer.");
    return true;
  }
  const accept = (identity: Identity | undefined): void => {
    const connection = new MediaConnection(socket);
    webSockets.handleUpgrade(request, connection, NOTHING, (webSocket) => {
      const accepted = new WsSocket(webSocket, connection);
      const call = { ...callRequestOf(request), identity };
      if (isCall) sockets.acceptCall(accepted, call, carrier);
      else sockets.acceptWebSocket(accepted, call.headers, identity);
      connection.listen(accepted, head);
    });
  };
  const verdict = access && askAccess(access, isCall ? "telephone" : "websocket", request);
  if (verdict instanceof Promise) void acceptOnce(verdict, socket, accept); // It never rejects.
  else if (verdict?.type === "refused") void refuseWith(verdict.response, socket);
  else accept(verdict?.identity);
  return true;
}

function askAccess(
  access: StreamAccess,
  route: "websocket" | "telephone",
  request: IncomingMessage,
): Verdict | Promise<Verdict> {
  const { headers } = callRequestOf(request);
  const address = access.addressOf(headers, request.socket.remoteAddress);
  return access.gate.check({ route, method: "GET", url: requestUrl(request).href, headers, address });
}

/** Keeps the connection, with what comes by it unread, until it is known whether it may come in. */
async function acceptOnce(
  coming: Promise<Verdict>,
  socket: Duplex,
  accept: (identity: Identity | undefined) => void,
): Promise<void> {
  // A client that goes away meanwhile must not end the process.
  const giveUp = (): void => void socket.destroy();
  socket.on("error", giveUp);
  const verdict = await coming;
  socket.off("error", giveUp);
  if (socket.destroyed) return;
  if (verdict.type === "refused") await refuseWith(verdict.response, socket);
  else accept(verdict.identity);
}

/** Answers an upgrade that may not come in with a response of HTTP. */
async function refuseWith(response: Response, socket: Duplex): Promise<void> {
  socket.on("error", () => socket.destroy());
  // A body that fails is none: the status says enough.
  const body = await response.text().catch(() => "");
  writeRefusal(socket, { status: response.status, headers: response.headers, body });
}

/** Answers an upgrade that nobody takes with a 404 and a sentence. */
export function refuseUpgrade(socket: Duplex, sentence: string): void {
  // The client may be gone: then there is nobody to tell.
  socket.on("error", () => socket.destroy());
  writeRefusal(socket, { status: 404, headers: new Headers(), body: `${sentence}\n` });
}

function writeRefusal(
  socket: Duplex,
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: string },
): void {
  const lines = [...headers]
    .filter(([name]) => !["content-type", "content-length", "connection", "transfer-encoding"].includes(name))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\ncontent-type: ${headers.get("content-type") ?? "text/plain; charset=utf-8"}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n${lines.join("")}connection: close\r\n\r\n${body}`,
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
