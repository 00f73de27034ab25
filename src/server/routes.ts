import { isUnknownConnection } from "../protocol/offer-reply.ts";
import { offerResponse } from "./offer-response.ts";
import { pageResponse } from "./page-route.ts";
import { readJsonBody } from "./request-body.ts";
import type { StreamService } from "./stream-service.ts";
import { pathBelow } from "./base-path.ts";

export interface RoutesOptions {
  /** The prefix that the routes lie under, from `parseBasePath`. */
  readonly basePath: string;
  /** Whether the built-in page is served at the prefix. */
  readonly page: boolean;
}

/** Every HTTP route of a Stream, as a function from Request to Response. */
export class Routes {
  readonly #service: StreamService;
  readonly #basePath: string;
  readonly #page: boolean;
  /** Posts whose bodies are still being read: one of them may be the offer that a candidate belongs to. */
  readonly #reading = new Set<Promise<unknown>>();

  constructor(service: StreamService, { basePath, page }: RoutesOptions) {
    this.#service = service;
    this.#basePath = basePath;
    this.#page = page;
  }

  /**
   * Whether a request may be for one of these routes. What is not is left to the application untouched:
   * its body must not have been read by us.
   */
  covers(method: string, pathname: string): boolean {
    const path = pathBelow(this.#basePath, pathname);
    if (path === undefined) return false;
    return path === "webrtc/offer" || path === "healthz" || (this.#page && isRead(method));
  }

  /** The response to a request, or undefined when no route matches it. */
  async handle(request: Request): Promise<Response | undefined> {
    const path = pathBelow(this.#basePath, new URL(request.url).pathname);
    switch (path) {
      case undefined:
        return undefined;
      case "webrtc/offer":
        return request.method === "POST" ? this.#offer(request) : methodNotAllowed("POST");
      case "healthz":
        return isRead(request.method) ? Response.json(this.#service.health(), noStore) : methodNotAllowed("GET, HEAD");
      default:
        if (!this.#page) return undefined;
        return isRead(request.method) ? pageResponse(path, () => this.#service.pageConfig()) : undefined;
    }
  }

  async #offer(request: Request): Promise<Response> {
    const reading = readJsonBody(request);
    const others = [...this.#reading];
    this.#reading.add(reading);
    const body = await reading.finally(() => this.#reading.delete(reading));
    if (!body.ok) return offerResponse(body.refusal);
    const reply = await this.#service.offer(body.value);
    if (!isUnknownConnection(reply) || others.length === 0) return offerResponse(reply);
    // A candidate that overtook its offer: the offer's request came first, but its larger body took longer.
    await Promise.allSettled(others);
    return offerResponse(await this.#service.offer(body.value));
  }
}

const noStore = { headers: { "cache-control": "no-store" } };

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function methodNotAllowed(allow: string): Response {
  return Response.json({ error: "method_not_allowed", message: `Use ${allow}.` }, { status: 405, headers: { allow } });
}
