import { FastRtcError } from "../errors.ts";
import type { Routes } from "../server/routes.ts";
import type { Logger } from "../session/logger.ts";
import { type ExpressApp, isExpressApp, mountOnExpress } from "./express.ts";
import { type FastifyApp, isFastifyApp, mountOnFastify } from "./fastify.ts";
import { type HonoApp, isHonoApp, mountOnHono } from "./hono.ts";
import { type NodeHttpServer, isNodeHttpServer, mountOnNodeHttp } from "./node-http.ts";
import type { TakeUpgrade } from "./upgrade.ts";

/**
 * What a Stream can be mounted on: a server of node:http or node:https, a Hono or Express application, an Express Router,
 * or a Fastify instance, that of a plugin included.
 */
export type MountableApp = NodeHttpServer | HonoApp | ExpressApp | FastifyApp;

/**
 * Adds the routes to an application; those for WebSockets where it knows its server, as node:http and Fastify do.
 * @throws {FastRtcError} `invalid_argument` when it is of no kind that is known.
 */
export function mountRoutes(app: MountableApp, routes: Routes, logger: Logger, takeUpgrade: TakeUpgrade): void {
  if (isFastifyApp(app)) mountOnFastify(app, routes, takeUpgrade);
  else if (isExpressApp(app)) mountOnExpress(app, routes, logger);
  else if (isHonoApp(app)) mountOnHono(app, routes);
  else if (isNodeHttpServer(app)) mountOnNodeHttp(app, routes, logger, takeUpgrade);
  else {
    throw new FastRtcError(
      "invalid_argument",
      `stream.mount(app) cannot use ${describe(app)}. It takes a server from node:http or node:https, a Hono or Express ` +
        "application, an Express Router, or a Fastify instance. For any other framework, pass its web Request to " +
        "stream.fetch(request).",
    );
  }
}

function describe(value: unknown): string {
  if (value instanceof Promise) return "a promise: await it first";
  if (typeof value === "function")
    return `the function ${value.name || "without a name"}: call it first if it makes the application`;
  if (typeof value === "object" && value !== null) return `an object of class ${value.constructor?.name ?? "unknown"}`;
  return String(value);
}
