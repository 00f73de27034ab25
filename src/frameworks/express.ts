import type { IncomingMessage, ServerResponse } from "node:http";
import { serveNodeRequest } from "../server/node-listener.ts";
import { requestPath } from "../server/node-request.ts";
import type { Routes } from "../server/routes.ts";
import type { Logger } from "../session/logger.ts";

/** The part of an Express application or Router that mounting needs; Express itself is not a dependency. */
export interface ExpressApp {
  use(middleware: ExpressMiddleware): unknown;
  all(path: string, handler: ExpressMiddleware): unknown;
}

type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

interface ExpressRequest extends IncomingMessage {
  /** What of the path belongs to the routers around this one. */
  readonly baseUrl?: string;
}

export function isExpressApp(app: unknown): app is ExpressApp {
  return (
    typeof app === "function" && ["use", "handle", "all"].every((name) => typeof Reflect.get(app, name) === "function")
  );
}

/**
 * Serves the routes on an Express application or Router, as middleware: what is no route goes on to what was added after
 * it. On a Router they lie below the path that this is used under.
 */
export function mountOnExpress(app: ExpressApp, routes: Routes, logger: Logger): void {
  app.use(async (request, response, next) => {
    const outer = request.baseUrl ?? "";
    const covered = routes.covers(request.method ?? "GET", requestPath(request), outer);
    if (!covered || !(await serveNodeRequest(routes, logger, request, response, outer))) next();
  });
}
