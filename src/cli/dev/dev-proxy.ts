import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { withScript } from "./dev-page.ts";

/** Where the app listens, on this machine. */
export interface AppAddress {
  readonly port: number;
  readonly isSecure: boolean;
}

/** Larger pages are refused: they have to be held to be changed. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const HOST = "127.0.0.1";

/** Passes a request on to the app; pages come back with the script of the command in them. */
export function proxyRequest(
  { port, isSecure }: AppAddress,
  run: number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const send = isSecure ? httpsRequest : httpRequest;
  const upstream = send(
    {
      host: HOST,
      port,
      method: request.method,
      path: request.url,
      // A page is changed on its way, so it must not come compressed.
      headers: { ...request.headers, "accept-encoding": "identity", ...forwardedHeaders(request) },
      rejectUnauthorized: false, // Its certificate is for another name; it is this machine.
    },
    (answer) => {
      if (request.method === "GET" && answer.headers["content-type"]?.startsWith("text/html") === true) {
        void passPage(answer, run, response);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, headersOf(answer));
      answer.pipe(response);
    },
  );
  upstream.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end(`The app did not answer: ${error.message}.\n`);
  });
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** Passes an upgrade to a WebSocket on to the app, and everything after it. */
export function proxyUpgrade(
  { port, isSecure }: AppAddress,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const upstream = isSecure
    ? connectTls({ host: HOST, port, rejectUnauthorized: false })
    : connectTcp({ host: HOST, port });
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`);
  }
  upstream.once(isSecure ? "secureConnect" : "connect", () => {
    upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  // When one side goes, the other has nobody to talk to.
  for (const event of ["error", "close"] as const) {
    upstream.on(event, () => socket.destroy());
    socket.on(event, () => upstream.destroy());
  }
}

async function passPage(answer: IncomingMessage, run: number, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_PAGE_BYTES) break;
    }
  } catch {
    response.destroy(); // The app has gone while it sent the page; the browser sees a page cut short.
    return;
  }
  const { "content-length": _length, ...headers } = headersOf(answer);
  if (size > MAX_PAGE_BYTES) {
    response.writeHead(502, { "content-type": "text/plain" }).end("This page is too large for fastrtc dev.\n");
    return;
  }
  response.writeHead(answer.statusCode ?? 502, headers);
  response.end(withScript(Buffer.concat(chunks).toString("utf8"), run));
}

function headersOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { connection: _connection, "transfer-encoding": _encoding, "keep-alive": _keepAlive, ...others } = headers;
  return others;
}

function forwardedHeaders({ socket, headers }: IncomingMessage): OutgoingHttpHeaders {
  const address = socket.remoteAddress ?? "";
  const before = headers["x-forwarded-for"];
  return { "x-forwarded-for": before === undefined ? address : `${String(before)}, ${address}` };
}
