import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Logger } from "../session/logger.ts";
import { serveNodeRequest } from "../server/node-listener.ts";
import { requestPath } from "../server/node-request.ts";
import type { Routes } from "../server/routes.ts";
import { type TakeUpgrade, takeUpgradesOf } from "./upgrade.ts";

/** The part of a node:http or node:https server that mounting needs. */
export type NodeHttpServer = Pick<Server, "emit" | "listenerCount" | "on">;

export function isNodeHttpServer(app: unknown): app is NodeHttpServer {
  return (
    typeof app === "object" &&
    app !== null &&
    ["emit", "listenerCount", "listen", "setTimeout"].every((name) => typeof Reflect.get(app, name) === "function")
  );
}

/**
 * Serves the routes on a node:http server, in front of its listeners, whether they were added before or come later:
 * a request for one of the routes never reaches them, and every other request reaches them as if nothing was mounted.
 * WebSocket routes are served as well.
 */
export function mountOnNodeHttp(
  server: NodeHttpServer,
  routes: Routes,
  logger: Logger,
  takeUpgrade: TakeUpgrade,
): void {
  takeUpgradesOf(server, (request, socket, head) => takeUpgrade(routes.basePath, request, socket, head));
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  const emitOrServe = (event: string, ...args: unknown[]): boolean => {
    const [request, response] = args as [IncomingMessage, ServerResponse];
    if (event !== "request" || !routes.covers(request.method ?? "GET", requestPath(request)))
      return emit(event, ...args);
    void serveNodeRequest(routes, logger, request, response).then((served) => {
      if (served) return;
      // Nobody else is there to answer: without this the client would wait for ever.
      if (server.listenerCount("request") === 0) response.writeHead(404).end();
      else emit(event, ...args);
    });
    return true;
  };
  server.emit = emitOrServe;
}
