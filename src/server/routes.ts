import { type Clock, systemClock } from "../async/clock.ts";
import { type OfferReply, isUnknownConnection } from "../protocol/offer-reply.ts";
import type { Identity } from "../session/identity.ts";
import { Entrance } from "./entrance.ts";
import { offerResponse } from "./offer-response.ts";
import { type RequestBody, readJsonBody } from "./request-body.ts";
import type { Health, StreamService } from "./stream-service.ts";
import { pathBelow } from "./base-path.ts";
import { carrierOf, telephoneRoute } from "./telephone-route.ts";
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
  readonly #entrance: Entrance;
  /** Posts whose bodies are still being read: one of them may be the offer that a candidate has overtaken. */
  readonly #handingOver = new Set<Promise<unknown>>();

  constructor(service: StreamService, { basePath, page, clock = systemClock }: RoutesOptions) {
    this.#clock = clock;
    this.#service = service;
    this.#entrance = new Entrance(service.access);
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
    if (path === undefined) return undefined;
    const response = this.#isRoute(path) ? this.#entrance.preflight(request) : undefined;
    const answer = response ?? (await this.#answer(path, request));
    return answer && this.#entrance.readable(request, answer);
  }

  async #answer(path: string, request: Request): Promise<Response | undefined> {
    switch (path) {
      case "webrtc/offer":
        return request.method === "POST" ? this.#offer(request) : methodNotAllowed("POST");
      case "webrtc/id":
        return request.method === "POST" ? this.#newId(request) : methodNotAllowed("POST");
      case "healthz":
        return isRead(request.method) ? Response.json(this.#service.health(), noStore) : methodNotAllowed("GET, HEAD");
      case "readyz":
        return isRead(request.method) ? readiness(this.#service.health()) : methodNotAllowed("GET, HEAD");
      case "metrics": {
        const { metrics } = this.#service;
        if (!metrics) return this.#pageFile(path, request);
        if (!isRead(request.method)) return methodNotAllowed("GET, HEAD");
        return this.#entrance.pass("metrics", request, metrics);
      }
      default: {
        const carrier = carrierOf(path, "incoming");
        if (carrier === undefined || !this.#isRoute(path)) return this.#pageFile(path, request);
        return this.#incomingCall(carrier, request);
      }
    }
  }

  async #pageFile(path: string, request: Request): Promise<Response | undefined> {
    if (!this.#page || !isRead(request.method)) return undefined;
    const page = this.#service.page();
    // What is not the page's is the application's own, and not ours to refuse.
    if (page.covers && !(await page.covers(path))) return undefined;
    return this.#entrance.pass("page", request, () => page.respond(path, request));
  }

  async #newId(request: Request): Promise<Response> {
    const { access } = this.#service;
    if (!access) return new Response("This server gives out no ids.\n", { status: 404, ...noStore });
    const verdict = await this.#entrance.check("id", request);
    if (verdict.type === "refused") return verdict.response;
    return Response.json({ webrtc_id: access.ids.issue(verdict.identity) }, noStore);
  }

  #isRoute(path: string): boolean {
    return this.#routes.includes(path);
  }

  /** The routes below the prefix, the page's files aside. */
  get #routes(): readonly string[] {
    const calls = this.#service.sockets?.carriers ?? [""];
    const routes = [...ROUTES, ...calls.map((carrier) => telephoneRoute(carrier, "incoming"))];
    return this.#service.metrics ? [...routes, "metrics"] : routes;
  }

  async #incomingCall(carrier: string, request: Request): Promise<Response> {
    // Vonage asks by GET unless it is told otherwise.
    if (request.method !== "POST" && !(carrier === "vonage" && request.method === "GET"))
      return methodNotAllowed("POST");
    const { sockets } = this.#service;
    if (sockets) return this.#entrance.pass("telephone", request, () => callResponse(sockets, request, carrier));
    return new Response("This stream has no audio, so nobody can call it.\n", { status: 404, ...noStore });
  }

  async #offer(request: Request): Promise<Response> {
    const earlier = [...this.#handingOver];
    const handingOver = this.#handOver(request);
    this.#handingOver.add(handingOver);
    const handedOver = await handingOver.finally(() => this.#handingOver.delete(handingOver));
    if ("response" in handedOver) return handedOver.response;
    const { body, identity } = handedOver;
    const answer = await handedOver.reply;
    if (!body.ok || earlier.length === 0 || !isUnknownConnection(answer)) return offerResponse(answer);
    let cancel = (): void => {};
    const timeout = new Promise<void>((resolve) => (cancel = this.#clock.after(OVERTAKEN_MS, resolve)));
    await Promise.race([Promise.allSettled(earlier), timeout]);
    cancel();
    return offerResponse(await this.#service.offer(body.value, request.headers, identity));
  }

  async #handOver(request: Request): Promise<HandedOver> {
    const verdict = await this.#entrance.check("offer", request);
    if (verdict.type === "refused") return verdict;
    const { identity } = verdict;
    const body = await readJsonBody(request);
    // The service gives an offer its place in the very call, so that a candidate which waits for this finds it.
    return {
      body,
      identity,
      reply: body.ok ? this.#service.offer(body.value, request.headers, identity) : body.refusal,
    };
  }
}

/** A post that was refused at the entrance, or what became of its body. */
type HandedOver =
  | { readonly response: Response }
  | {
      readonly body: RequestBody;
      readonly identity: Identity | undefined;
      readonly reply: OfferReply | Promise<OfferReply>;
    };

/** The routes that every Stream has. */
const ROUTES: readonly string[] = ["webrtc/offer", "webrtc/id", "healthz", "readyz"];
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
