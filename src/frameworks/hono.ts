import { outerPath } from "../server/outer-path.ts";
import { rememberAddress } from "../server/request-address.ts";
import type { Routes } from "../server/routes.ts";

/** The part of a Hono application that mounting needs; Hono itself is not a dependency. */
export interface HonoApp {
  use(path: string, middleware: (context: HonoContext, next: () => Promise<void>) => Promise<Response | void>): unknown;
  readonly router: unknown;
}

interface HonoContext {
  readonly req: HonoRequest;
  /** What the server that runs the application tells of the connection. */
  readonly env?: unknown;
}

interface HonoRequest {
  readonly raw: Request;
  /** The pattern that the middleware was registered with, "*" below the prefixes of the applications around this one. */
  readonly routePath: string;
  /** The body as text, also when it was read before. */
  text(): Promise<string>;
}

export function isHonoApp(app: unknown): app is HonoApp {
  return (
    typeof app === "object" &&
    app !== null &&
    "router" in app &&
    ["use", "fetch", "request", "route"].every((name) => typeof Reflect.get(app, name) === "function")
  );
}

/**
 * Serves the routes on a Hono application, as middleware: what is no route goes on to what was added after it.
 * On one that is made part of another by `route`, or has a `basePath`, they lie below that.
 */
export function mountOnHono(app: HonoApp, routes: Routes): void {
  app.use("*", async (context, next) => {
    const { req } = context;
    const { pathname } = new URL(req.raw.url);
    const outer = outerPath(req.routePath.replace(/\*$/, ""), pathname);
    if (!routes.covers(req.raw.method, pathname, outer)) return next();
    const request = rememberAddress(await unreadRequest(req), addressOf(context));
    return (await routes.handle(request, outer)) ?? next();
  });
}

/** The address of the connection, as @hono/node-server tells it: the request of node:http stands in `env.incoming`. */
function addressOf({ env }: HonoContext): string | undefined {
  const incoming = member(env, "incoming");
  const address = member(member(incoming, "socket"), "remoteAddress");
  return typeof address === "string" ? address : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The request with its body, also when a validator or a logger before us has read that. */
async function unreadRequest(req: HonoRequest): Promise<Request> {
  if (!req.raw.bodyUsed) return req.raw;
  const { url, method, headers, signal } = req.raw;
  // What cannot be read is answered like a body that is no JSON.
  const body = await req.text().catch(() => "");
  return new Request(url, { method, headers, signal, body });
}
