import { FastRtcError } from "../errors.ts";
import type { Routes } from "../server/routes.ts";
import type { Logger } from "../session/logger.ts";
import { type HonoApp, isHonoApp, mountOnHono } from "./hono.ts";
import { type NodeHttpServer, isNodeHttpServer, mountOnNodeHttp } from "./node-http.ts";

/** What a Stream can be mounted on: a server of node:http or node:https, or a Hono application. */
export type MountableApp = NodeHttpServer | HonoApp;

/**
 * Adds the routes to an application.
 * @throws {FastRtcError} `invalid_argument` when it is of no kind that is known.
 */
export function mountRoutes(app: MountableApp, routes: Routes, logger: Logger): void {
  if (isNodeHttpServer(app)) mountOnNodeHttp(app, routes, logger);
  else if (isHonoApp(app)) mountOnHono(app, routes);
  else {
    throw new FastRtcError(
      "invalid_argument",
      "stream.mount(app) takes a server from node:http or node:https, or a Hono application. " +
        "For any other framework, pass its web Request to stream.fetch(request).",
    );
  }
}
