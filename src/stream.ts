import type { Duplex } from "node:stream";
import type { IncomingMessage } from "node:http";
import { systemClock } from "./async/clock.ts";
import { FastRtcError, toError } from "./errors.ts";
import { type MountableApp, mountRoutes } from "./frameworks/mount.ts";
import { upgradeListener } from "./frameworks/upgrade.ts";
import { videoFunctionHandler } from "./handlers/video-function.ts";
import type { OfferReply } from "./protocol/offer-reply.ts";
import { type OfferRequest, parseOfferRequest } from "./protocol/offer-request.ts";
import { refusal } from "./protocol/refusal.ts";
import { parseBasePath } from "./server/base-path.ts";
import { handleUpgrade } from "./server/upgrade.ts";
import { type LaunchOptions, type LaunchedServer, launch } from "./server/launch.ts";
import type { PageConfig } from "./server/page-config.ts";
import { Routes } from "./server/routes.ts";
import type { Health, StreamService } from "./server/stream-service.ts";
import { type Logger, consoleLogger } from "./session/logger.ts";
import {
  type RtcConfiguration,
  type RtcConfigurationSource,
  resolveRtcConfiguration,
} from "./session/rtc-configuration.ts";
import { SessionRegistry } from "./session/session-registry.ts";
import { Session } from "./session/session.ts";
import { type ResolvedStreamOptions, type StreamOptions, parseStreamOptions } from "./stream-options.ts";
import { WebRtcSignalling } from "./transports/webrtc/signalling.ts";
import { warmUp } from "./transports/webrtc/warm-up.ts";
import { version } from "./version.ts";

/** Where the routes of a Stream appear in an application. */
export interface MountOptions {
  /** The prefix of the routes, such as "/rtc". @default "", the root */
  path?: string;
  /** Whether the built-in page is served at the prefix as well. @default false */
  page?: boolean;
}

/** The built-in page, or one that takes its place. */
export interface StreamUi {
  /**
   * Serves the page and the routes on a server of their own and prints its address.
   * @throws {FastRtcError} `port_in_use`; `invalid_option` for an address that cannot be listened on.
   */
  launch(options?: LaunchOptions): Promise<LaunchedServer>;
}

/**
 * Turns a function into a live stream. Show it with `stream.ui.launch()`, or add its routes to an
 * application of your own with `stream.mount(app)`.
 */
export class Stream {
  /** The page: `stream.ui.launch()` serves it. Set it to show another. */
  ui: StreamUi;
  readonly #options: ResolvedStreamOptions;
  readonly #logger: Logger;
  readonly #registry: SessionRegistry;
  readonly #signalling: WebRtcSignalling;
  readonly #createdAtMs = systemClock.nowMs();
  readonly #routes = new Map<string, Routes>();
  /** The prefixes that it was mounted at. */
  readonly #mountPaths = new Set<string>();

  /** @throws {FastRtcError} `invalid_option` with a line for each option at fault. */
  constructor(options: StreamOptions) {
    this.#options = parseStreamOptions(options);
    const { modality, mode, concurrencyLimit, timeLimit, handler, allowExtraTracks, verbose } = this.#options;
    const logger = this.#options.logger ?? consoleLogger({ verbose });
    const registry = new SessionRegistry(concurrencyLimit ?? Infinity);
    this.#logger = logger;
    this.#registry = registry;
    this.#signalling = new WebRtcSignalling({
      registry,
      createSession: (id) =>
        new Session({
          id,
          kind: "webrtc",
          handler: videoFunctionHandler(handler),
          timeLimit: timeLimit ?? undefined,
          logger,
          onEnd: (session) => registry.leave(session),
        }),
      iceServers: async () => (await this.#rtcConfiguration("server"))?.iceServers ?? [],
      modality,
      mode,
      allowExtraTracks,
      logger,
    });
    this.ui = { launch: (launchOptions) => launch(this.#service, logger, launchOptions) };
  }

  /**
   * Adds the routes to an application: POST `webrtc/offer` and GET `healthz` below `path`. It may be a server of node:http, a
   * Hono or Express application, an Express Router or a Fastify instance, with body parsers before or after this call.
   * Below a router's or plugin's own prefix they lie below that. WebSocket routes need one more line on Hono
   * and Express: `server.on("upgrade", stream.upgrade)`.
   * @throws {FastRtcError} `invalid_argument` for an application of another kind, `invalid_option` for a path that is none.
   */
  mount(app: MountableApp, { path = "", page = false }: MountOptions = {}): void {
    const routes = this.#routesFor(path, page);
    mountRoutes(app, routes, this.#logger, (...upgrade) => this.#takeUpgrade(...upgrade));
    this.#mountPaths.add(routes.basePath);
    this.#prepare().catch((thrown: unknown) => this.#logger.error("no peer can be served:", toError(thrown)));
  }

  /**
   * Answers a request for one of the routes below `path`; any other gets a 404.
   * For frameworks that speak web standards: `export const POST = (request) => stream.fetch(request)`.
   */
  async fetch(request: Request, { path = "", page = false }: MountOptions = {}): Promise<Response> {
    return (
      (await this.#routesFor(path, page).handle(request)) ?? new Response("There is nothing here.\n", { status: 404 })
    );
  }

  /**
   * Takes the upgrade of a WebSocket route, as a listener: `server.on("upgrade", stream.upgrade)`. Only Hono and Express
   * need it. The routes lie where the Stream was mounted, or below `path` where that is given, as it has to be for
   * a router with a prefix of its own. Returns false, with the socket left to other listeners, for any other path.
   */
  readonly upgrade = upgradeListener(
    (request: IncomingMessage, socket: Duplex, head: Buffer, options?: Pick<MountOptions, "path">): boolean => {
      const paths = options?.path === undefined ? this.#mountPaths : [parseBasePath(options.path)];
      return [...paths].some((path) => this.#takeUpgrade(path, request, socket, head));
    },
  );

  /** Answers what a client posts to `webrtc/offer`, for a route of your own. `body` is the parsed JSON, whatever it holds. */
  async offer(body: unknown): Promise<OfferReply> {
    let request: OfferRequest;
    try {
      request = parseOfferRequest(body);
    } catch (thrown) {
      if (!(thrown instanceof FastRtcError)) throw thrown;
      return refusal("invalid_request", thrown.message);
    }
    return this.#signalling.handle(request);
  }

  /** How many peers there are, and how many there may be. */
  health(): Health {
    return {
      status: "ok",
      sessions: this.#registry.size,
      connected: this.#registry.connectedCount,
      limit: Number.isFinite(this.#registry.limit) ? this.#registry.limit : null,
      uptime: Math.round((systemClock.nowMs() - this.#createdAtMs) / 1000),
    };
  }

  /** Ends every session, each with a message to its peer. */
  async close(): Promise<void> {
    await this.#registry.endAll("server-stopped");
  }

  get #service(): StreamService {
    return {
      offer: (body) => this.offer(body),
      health: () => this.health(),
      pageConfig: () => this.#pageConfig(),
      prepare: () => this.#prepare(),
      close: () => this.close(),
    };
  }

  async #prepare(): Promise<void> {
    // STUN servers may take seconds to answer or to be given up: nobody waits for them.
    this.#signalling
      .prepare()
      .catch((thrown: unknown) => this.#logger.error("asking STUN and TURN servers failed:", toError(thrown)));
    await warmUp();
  }

  #takeUpgrade(basePath: string, request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return handleUpgrade({ basePath, sockets: undefined, request, socket, head });
  }

  #routesFor(path: string, page: boolean): Routes {
    const key = `${page} ${path}`;
    const routes = this.#routes.get(key) ?? new Routes(this.#service, { basePath: parseBasePath(path), page });
    this.#routes.set(key, routes);
    return routes;
  }

  async #pageConfig(): Promise<PageConfig> {
    const { modality, mode, trackConstraints, rtpParams, timeLimit, uiArgs } = this.#options;
    return {
      version,
      title: uiArgs.title ?? "FastRTC",
      subtitle: uiArgs.subtitle ?? null,
      modality,
      mode,
      rtcConfiguration: await this.#rtcConfiguration("client"),
      trackConstraints: trackConstraints ?? DEFAULT_VIDEO_CONSTRAINTS,
      rtpParams: rtpParams ?? DEFAULT_RTP_PARAMS,
      timeLimit: timeLimit ?? null,
    };
  }

  /** STUN and TURN servers of one side; without them the connection is tried all the same, since most need none. */
  async #rtcConfiguration(side: "client" | "server"): Promise<RtcConfiguration | null> {
    const { rtcConfiguration, serverRtcConfiguration } = this.#options;
    const source = (side === "server" ? serverRtcConfiguration : undefined) ?? rtcConfiguration;
    try {
      return await resolveRtcConfiguration(source as RtcConfigurationSource | null | undefined);
    } catch (thrown) {
      this.#logger.error(
        `no STUN or TURN server can be used, since the ${side}'s rtcConfiguration failed:`,
        toError(thrown),
      );
      return null;
    }
  }
}

const DEFAULT_VIDEO_CONSTRAINTS = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
  facingMode: "user",
};

const DEFAULT_RTP_PARAMS = { degradationPreference: "maintain-framerate" } as const;
