import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** What a stand-in does wrong, once, when it is told to: for tests. */
export type Mishap = "wrong-key" | "too-many-requests" | "hang-up";

/** A stand-in for a service, on this machine. */
export interface LocalService extends AsyncDisposable {
  /** Its address, as examples are told that of the true one. */
  readonly url: string;
  /** What it hears the next speaker say; without it, how long there was sound. */
  heard: string | undefined;
  /** The next thing that it does wrong. */
  mishap: Mishap | undefined;
  /** What it was sent, parsed, the latest 1000. */
  readonly received: unknown[];
}

export interface LocalRequest {
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface LocalServerOptions {
  /** What its address ends with. @default "" */
  readonly basePath?: string;
  /** The bodies with which the service refuses a wrong key and too many requests. */
  readonly refusals: Readonly<Record<"wrong-key" | "too-many-requests", object>>;
  /** Answers a request by HTTP. */
  readonly onRequest?: (service: LocalService, request: LocalRequest, response: ServerResponse) => Promise<void>;
  /** Talks to a client by WebSocket. */
  readonly onSocket?: (service: LocalService, socket: WebSocket, url: URL) => void;
}

const STATUS = { "wrong-key": 401, "too-many-requests": 429 } as const;
const MAX_RECEIVED = 1000;

/** Begins a stand-in at a free port. The program may end although it listens. */
export async function startLocalServer({
  basePath = "",
  refusals,
  onRequest,
  onSocket,
}: LocalServerOptions): Promise<LocalService> {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const refused = takeRefusal();
      if (refused) response.writeHead(STATUS[refused], JSON_TYPE).end(JSON.stringify(refusals[refused]));
      else if (onRequest) {
        await onRequest(
          service,
          { url: urlOf(request), headers: request.headers, body: Buffer.concat(chunks) },
          response,
        );
      } else response.writeHead(404).end();
    })().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.on("upgrade", (request, socket, head) => {
    const refused = takeRefusal();
    if (refused) {
      const body = JSON.stringify(refusals[refused]);
      socket.end(
        `HTTP/1.1 ${STATUS[refused]} Refused\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("error", () => client.terminate());
      onSocket?.(service, client, urlOf(request));
    });
  });
  const takeRefusal = (): "wrong-key" | "too-many-requests" | undefined => {
    const { mishap } = service;
    if (mishap === undefined || mishap === "hang-up") return undefined;
    service.mishap = undefined;
    return mishap;
  };
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  server.unref();
  const service: LocalService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
    heard: undefined,
    mishap: undefined,
    received: [],
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return service;
}

/** Keeps what a service was sent. */
export function keepReceived(service: LocalService, value: unknown): void {
  service.received.push(value);
  if (service.received.length > MAX_RECEIVED) service.received.shift();
}

/** Whether the answer that begins now is one to hang up in the middle of. */
export function hangsUp(service: LocalService): boolean {
  if (service.mishap !== "hang-up") return false;
  service.mishap = undefined;
  return true;
}

export const JSON_TYPE = { "content-type": "application/json" };

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://localhost");
}
