import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { discardBody } from "../server/discard-body.ts";
import { isPlainPath, requestPath, toWebRequest } from "../server/node-request.ts";
import { outerPath } from "../server/outer-path.ts";
import type { Routes } from "../server/routes.ts";
import { type TakeUpgrade, takeUpgradesOf } from "./upgrade.ts";

/** The part of a Fastify instance that mounting needs; Fastify itself is not a dependency. */
export interface FastifyApp {
  /** The prefix of the plugin that the instance belongs to. */
  readonly prefix: string;
  readonly server: { on(event: "upgrade", listener: UpgradeListener): unknown };
  register(...plugin: never[]): unknown;
  addContentTypeParser: unknown;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

/** A Fastify instance as its own plugins see it, as far as it is used here. */
interface FastifyScope extends Omit<FastifyApp, "register"> {
  register(plugin: (scope: FastifyScope, options: object, done: () => void) => void): unknown;
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: "*",
    parser: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown;
  all(url: string, handler: FastifyHandler): unknown;
  route(options: { method: readonly string[]; url: string; handler: FastifyHandler }): unknown;
}

type FastifyHandler = (request: { readonly raw: IncomingMessage }, reply: FastifyReply) => Promise<unknown>;

interface FastifyReply {
  readonly raw: { once(event: "close", listener: () => void): unknown };
  header(name: string, value: string): unknown;
  callNotFound(): unknown;
  send(response: Response): unknown;
}

export function isFastifyApp(app: unknown): app is FastifyApp {
  return (
    typeof app === "object" &&
    app !== null &&
    "prefix" in app &&
    "server" in app &&
    ["register", "addHook", "addContentTypeParser", "route"].every(
      (name) => typeof Reflect.get(app, name) === "function",
    )
  );
}

/**
 * Serves the routes on a Fastify instance, as routes of a plugin: what the application's hooks do, they do for these, too.
 * Bodies are not touched by the application's parsers. Below a plugin's prefix they lie below that. WebSocket routes are
 * served as well; hooks do not see them.
 */
export function mountOnFastify(app: FastifyApp, routes: Routes, takeUpgrade: TakeUpgrade): void {
  (app as unknown as FastifyScope).register((scope, _options, done) => {
    const outer = (request: IncomingMessage): string => outerPath(scope.prefix, requestPath(request));
    const handler: FastifyHandler = async ({ raw }, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const answer = isPlainPath(raw) && (await routes.handle(toWebRequest(raw, gone.signal), outer(raw)));
      if (!answer) return reply.callNotFound();
      await discardBody(raw);
      if (!raw.complete) reply.header("connection", "close");
      return reply.send(raw.method === "HEAD" ? new Response(null, answer) : answer);
    };
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    for (const url of routes.paths) scope.all(url, handler);
    for (const url of routes.pagePaths) scope.route({ method: ["GET", "HEAD"], url, handler });
    takeUpgradesOf(scope.server, (request, socket, head) =>
      takeUpgrade(outer(request) + routes.basePath, request, socket, head),
    );
    done();
  });
}
