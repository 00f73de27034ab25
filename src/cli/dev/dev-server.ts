import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "../../server/listen.ts";
import { requestPath } from "../../server/node-request.ts";
import type { AppState, AppSupervisor } from "./app-supervisor.ts";
import { DEV_PATH, DEV_SCRIPT, type DevEvent, EVENTS_PATH, placeholderPage, SCRIPT_PATH } from "./dev-page.ts";
import { proxyRequest, proxyUpgrade } from "./dev-proxy.ts";

/** Requests that may wait for the app to start; more are turned down. */
const MAX_WAITING = 256;
/** Pages that may be told of changes; more are turned down. */
const MAX_LISTENERS = 64;

/**
 * The server of `fastrtc dev`, which stays while apps come and go: it passes everything on to the one that runs, lets requests wait for
 * one that starts, and tells pages what became of it.
 */
export class DevServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #app: AppSupervisor;
  readonly #listeners = new Set<ServerResponse>();
  #waitingCount = 0;

  constructor(app: AppSupervisor) {
    this.#app = app;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy()); // One that has gone has nobody to tell.
      void this.#settled().then((state) => {
        if (state?.type === "running") proxyUpgrade(state, request, socket, head);
        else socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      });
    });
  }

  /**
   * Listens; resolves with the port.
   * @throws {FastRtcError} `port_in_use`; `invalid_option`.
   */
  async listen(port: number, host: string): Promise<number> {
    await listen(this.#server, port, host);
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tells every page. */
  tell(state: AppState): void {
    for (const response of this.#listeners) response.write(eventText(state, this.#app.run));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pathname = requestPath(request);
    if (pathname.startsWith(DEV_PATH)) {
      this.#answerItself(pathname, response);
      return;
    }
    const state = await this.#settled();
    if (state?.type === "running") {
      proxyRequest(state, this.#app.run, request, response);
      return;
    }
    const text = state?.type === "failed" ? state.text : "Too much waits for the app to start.";
    if (request.method === "GET" && request.headers.accept?.includes("text/html") === true) {
      response.writeHead(503, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
      response.end(placeholderPage(this.#app.run));
      return;
    }
    response.writeHead(503, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "app_does_not_run", message: text }));
  }

  #answerItself(pathname: string, response: ServerResponse): void {
    if (pathname === SCRIPT_PATH) {
      response.writeHead(200, { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" });
      response.end(DEV_SCRIPT);
      return;
    }
    if (pathname !== EVENTS_PATH || this.#listeners.size >= MAX_LISTENERS) {
      response.writeHead(pathname === EVENTS_PATH ? 503 : 404).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(eventText(this.#app.state, this.#app.run));
    this.#listeners.add(response);
    response.on("close", () => this.#listeners.delete(response));
  }

  /** The app's state once it runs or has failed; undefined when too many wait for that. */
  async #settled(): Promise<AppState | undefined> {
    if (this.#waitingCount >= MAX_WAITING) return undefined;
    this.#waitingCount += 1;
    return this.#app.settled().finally(() => (this.#waitingCount -= 1));
  }
}

function eventText(state: AppState, run: number): string {
  return `data: ${JSON.stringify(eventOf(state, run))}\n\n`;
}

function eventOf(state: AppState, run: number): DevEvent {
  switch (state.type) {
    case "running":
      return { type: "running", run };
    case "starting":
    case "failed":
      return state;
  }
}
