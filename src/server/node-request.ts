import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { nodeBody } from "./node-body.ts";
import { rememberAddress } from "./request-address.ts";

/** What frameworks that build on node:http add to its request. */
interface FrameworkRequest extends IncomingMessage {
  /** The path before a router took its prefix away (Express). */
  readonly originalUrl?: string;
  /** The body, when a body parser has already read it. */
  readonly body?: unknown;
}

/** The path of a node:http request, its mount prefix included and its query left out. */
export function requestPath(request: FrameworkRequest): string {
  return requestUrl(request).pathname;
}

/**
 * Whether the path leads where it says. "/x/../rtc" and "/rtc\webrtc" are "/rtc" and "/rtc/webrtc" to a URL, but not to routers: what
 * an application's own middleware guards by its prefix must not be reached past it.
 */
export function isPlainPath(request: FrameworkRequest): boolean {
  const { originalUrl, url = "/" } = request;
  const [path = ""] = (originalUrl ?? url).split(/[?#]/, 1);
  return !/\\|\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}

/** A web Request for a node:http one; a body that a parser has already read is used again. */
export function toWebRequest(request: FrameworkRequest, signal: AbortSignal): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? "";
    if (!name.startsWith(":")) headers.append(name, request.rawHeaders[index + 1] ?? "");
  }
  const method = request.method ?? "GET";
  const init: RequestInit & { duplex?: "half" } = { method, headers, signal };
  if (method !== "GET" && method !== "HEAD") {
    if (request.readableEnded && request.body !== undefined) {
      init.body = isText(request.body) ? request.body : JSON.stringify(request.body);
    } else {
      init.body = nodeBody(request);
      init.duplex = "half";
    }
  }
  return rememberAddress(new Request(requestUrl(request), init), request.socket.remoteAddress);
}

/** Whether a parser left the body as it was sent. */
function isText(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" || body instanceof Uint8Array;
}

/** Writes a web Response to a node:http one; resolves when it was sent or the client went away. */
export async function sendWebResponse(response: Response, target: ServerResponse, isHead: boolean): Promise<void> {
  target.statusCode = response.status;
  for (const [name, value] of response.headers) {
    // An application that answers other origins itself has written these already: twice they mean nothing.
    if (name.startsWith("access-control-")) target.setHeader(name, value);
    else target.appendHeader(name, value);
  }
  // What a refused upload still holds is not worth reading: the connection ends with the answer.
  if (!target.req.complete) target.setHeader("connection", "close");
  if (!response.body || isHead) {
    target.end();
    return;
  }
  try {
    await pipeline(response.body, target);
  } catch (thrown) {
    if (!target.destroyed && !target.req.destroyed) throw thrown;
  }
}

/** The address that a request of node:http asks for. */
export function requestUrl(request: FrameworkRequest): URL {
  const encrypted = "encrypted" in request.socket && request.socket.encrypted === true;
  const scheme = encrypted ? "https" : "http";
  const target = request.originalUrl ?? request.url ?? "/";
  const path = target.startsWith("/") ? target : "/";
  const host = request.headers.host ?? "localhost";
  // A Host header is the client's to write: one that makes no URL must not fail the request.
  return URL.canParse(path, `${scheme}://${host}`)
    ? new URL(`${scheme}://${host}${path}`)
    : new URL(`${scheme}://localhost${path}`);
}
