import type { Routes } from "../server/routes.ts";

/** The part of a Hono application that mounting needs; Hono itself is not a dependency. */
export interface HonoApp {
  use(path: string, middleware: (context: HonoContext, next: () => Promise<void>) => Promise<Response | void>): unknown;
  readonly router: unknown;
}

interface HonoContext {
  readonly req: { readonly raw: Request };
}

export function isHonoApp(app: unknown): app is HonoApp {
  return (
    typeof app === "object" &&
    app !== null &&
    "router" in app &&
    ["use", "fetch", "request", "route"].every((name) => typeof Reflect.get(app, name) === "function")
  );
}

/** Serves the routes on a Hono application, as middleware: what is no route goes on to the next handler. */
export function mountOnHono(app: HonoApp, routes: Routes): void {
  app.use("*", async (context, next) => (await routes.handle(context.req.raw)) ?? (await next()));
}
