import { type Clock, systemClock } from "../async/clock.ts";
import { isUnknownConnection } from "../protocol/offer-reply.ts";
import { offerResponse } from "./offer-response.ts";
import { readJsonBody } from "./request-body.ts";
import type { Health, StreamService } from "./stream-service.ts";
import { pathBelow } from "./base-path.ts";
import { callResponse } from "./call-route.ts";

export interface RoutesOptions {
  /** The prefix that the routes lie under, from `parseBasePath`. */
  readonly basePath: string;
  /** Whether the stream's page is served at the prefix. */
  readonly page: boolean;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** Every HTTP route of a Stream, as a function from Request to Response. */
export class Routes {
  readonly #service: StreamService;
  readonly #basePath: string;
  readonly #page: boolean;
  readonly #clock: Clock;
  /** Posts whose bodies are still being read: one of them may be the offer that a candidate has overtaken. */
  readonly #handingOver = new Set<Promise<unknown>>();

  constructor(service: StreamService, { basePath, page, clock = systemClock }: RoutesOptions) {
    this.#clock = clock;
    this.#service = service;
    this.#basePath = basePath;
    this.#page = page;
  }

  /** The prefix that the routes lie under. */
  get basePath(): string {
    return this.#basePath;
  }

  /** Where the routes lie, for frameworks that are told of each path. */
  get paths(): readonly string[] {
    return this.#routes.map((route) => `${this.#basePath}/${route}`);
  }

  /** Where the page lies, its files by a `*`; empty when it is not served. */
  get pagePaths(): readonly string[] {
    if (!this.#page) return [];
    return this.#basePath === "" ? ["/*"] : [this.#basePath, `${this.#basePath}/*`];
  }

  /**
   * Whether a request may be for one of these routes. What is not is left to the application untouched:
   * its body must not have been read by us.
   * @param outer what of the path belongs to the routers around the one that was mounted on, such as "/api"
   */
  covers(method: string, pathname: string, outer = ""): boolean {
    const path = pathBelow(outer + this.#basePath, pathname);
    if (path === undefined) return false;
    return this.#routes.includes(path) || (this.#page && isRead(method));
  }

  /** The response to a request, or undefined when no route matches it; `outer` as for `covers`. */
  async handle(request: Request, outer = ""): Promise<Response | undefined> {
    const url = new URL(request.url);
    const path = pathBelow(outer + this.#basePath, url.pathname);
    // The page's own addresses are relative: it has to be below its prefix, as `/rtc/`, for the browser to resolve them.
    if (this.#page && path === "" && !url.pathname.endsWith("/") && isRead(request.method)) {
      return new Response(null, { status: 308, headers: { location: `${url.pathname}/${url.search}` } });
    }
    switch (path) {
      case undefined:
        return undefined;
      case "webrtc/offer":
        return request.method === "POST" ? this.#offer(request) : methodNotAllowed("POST");
      case "telephone/incoming":
        return request.method === "POST" ? this.#incomingCall(request) : methodNotAllowed("POST");
      case "healthz":
        return isRead(request.method) ? Response.json(this.#service.health(), noStore) : methodNotAllowed("GET, HEAD");
      case "readyz":
        return isRead(request.method) ? readiness(this.#service.health()) : methodNotAllowed("GET, HEAD");
      case "metrics": {
        const { metrics } = this.#service;
        if (!metrics) return this.#pageFile(path, request);
        return isRead(request.method) ? metrics() : methodNotAllowed("GET, HEAD");
      }
      default:
        return this.#pageFile(path, request);
    }
  }

  async #pageFile(path: string, request: Request): Promise<Response | undefined> {
    if (!this.#page) return undefined;
    return isRead(request.method) ? this.#service.page().respond(path, request) : undefined;
  }

  /** The routes below the prefix, the page's files aside. */
  get #routes(): readonly string[] {
    return this.#service.metrics ? [...ROUTES, "metrics"] : ROUTES;
  }

  async #incomingCall(request: Request): Promise<Response> {
    const { sockets } = this.#service;
    if (sockets) return callResponse(sockets, request);
    return new Response("This stream has no audio, so nobody can call it.\n", { status: 404, ...noStore });
  }

  async #offer(request: Request): Promise<Response> {
    const earlier = [...this.#handingOver];
    const reading = readJsonBody(request);
    // The service gives an offer its place in the very call, so that a candidate which waits for this finds it.
    const handingOver = reading.then((body) => ({
      body,
      reply: body.ok ? this.#service.offer(body.value, request.headers) : body.refusal,
    }));
    this.#handingOver.add(handingOver);
    const { body, reply } = await handingOver.finally(() => this.#handingOver.delete(handingOver));
    const answer = await reply;
    if (!body.ok || earlier.length === 0 || !isUnknownConnection(answer)) return offerResponse(answer);
    let cancel = (): void => {};
    const timeout = new Promise<void>((resolve) => (cancel = this.#clock.after(OVERTAKEN_MS, resolve)));
    await Promise.race([Promise.allSettled(earlier), timeout]);
    cancel();
    return offerResponse(await this.#service.offer(body.value, request.headers));
  }
}

/** The routes that every Stream has. */
const ROUTES: readonly string[] = ["webrtc/offer", "telephone/incoming", "healthz", "readyz"];
/** How long a candidate waits for posts that came before it, in milliseconds. */
const OVERTAKEN_MS = 3000;
const noStore = { headers: { "cache-control": "no-store" } };

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Whether new peers may be sent here, as a load balancer asks. */
function readiness(health: Health): Response {
  return Response.json(health, { ...noStore, status: health.status === "ok" ? 200 : 503 });
}

function methodNotAllowed(allow: string): Response {
  return Response.json({ error: "method_not_allowed", message: `Use ${allow}.` }, { status: 405, headers: { allow } });
}
