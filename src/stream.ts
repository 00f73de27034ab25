import type { Duplex } from "node:stream";
import type { IncomingMessage } from "node:http";
import { systemClock } from "./async/clock.ts";
import { FastRtcError, toError } from "./errors.ts";
import { type FastPhone, fastphone } from "./fastphone/fastphone.ts";
import type { FastPhoneOptions } from "./fastphone/fastphone-options.ts";
import { type MountableApp, mountRoutes } from "./frameworks/mount.ts";
import { upgradeListener } from "./frameworks/upgrade.ts";
import { createHandlerFactory } from "./handlers/create-handler-factory.ts";
import type { OfferReply } from "./protocol/offer-reply.ts";
import { customMessage } from "./protocol/server-message.ts";
import type { StreamAccess } from "./server/access/access.ts";
import { parseBasePath } from "./server/base-path.ts";
import { toHeaders } from "./server/request-headers.ts";
import { callRequestOf, handleUpgrade } from "./server/upgrade.ts";
import { launch } from "./server/launch.ts";
import { callResponse } from "./server/call-route.ts";
import { launchHosted } from "./server/launch-host.ts";
import { metricsResponse } from "./server/metrics-route.ts";
import { outputEvents } from "./server/output-events.ts";
import type { OwnPage } from "./server/own-page.ts";
import { pageConfigOf } from "./server/page-config.ts";
import { watchEventLoop } from "./server/process-metrics.ts";
import { Readiness } from "./server/readiness.ts";
import type { CallRouteOptions, MountOptions, OfferOptions, VisitorOptions } from "./server/route-options.ts";
import { Routes } from "./server/routes.ts";
import { ShownPage, type StreamUi } from "./server/shown-page.ts";
import type { SocketService } from "./server/socket-service.ts";
import type { Health, StreamService } from "./server/stream-service.ts";
import type { Identity } from "./session/identity.ts";
import type { Logger } from "./session/logger.ts";
import { StreamLog } from "./session/stream-log.ts";
import type { AdditionalOutputs } from "./session/additional-outputs.ts";
import type { Modality, Mode } from "./session/modality.ts";
import { type DrainOptions, drainSessions } from "./session/drain.ts";
import { networkFromEnvironment } from "./session/network-options.ts";
import { Peers, keepPeersOf } from "./session/peers.ts";
import type { SessionStats } from "./session/session-stats.ts";
import { RtcConfigurations } from "./session/rtc-configurations.ts";
import { type ResolvedStreamOptions, type StreamOptionsFor, parseStreamOptions } from "./stream-options.ts";
import { accessOf } from "./stream-access.ts";
import { StreamOffers } from "./stream-offers.ts";
import { openSip } from "./stream-sip.ts";
import { createStreamSockets } from "./stream-sockets.ts";
import { type WsWebSocket, WsSocket } from "./sockets/ws-socket.ts";
import type { SipEndpoint } from "./transports/sip/sip-endpoint.ts";
import type { SipOptions } from "./transports/sip/sip-options.ts";
import { WebRtcSignalling } from "./transports/webrtc/signalling.ts";
import { warmUp } from "./transports/webrtc/warm-up.ts";
import type { AdditionalInput, InputArguments } from "./ui/additional-input.ts";
import type { AdditionalOutput, OutputValues } from "./ui/additional-output.ts";
import { servedModules } from "./ui/ui-args.ts";

/**
 * Turns a function into a live stream. Show it with `stream.ui.launch()`, or add its routes to an
 * application of your own with `stream.mount(app)`.
 */
export class Stream<
  const Inputs extends readonly AdditionalInput[] = readonly AdditionalInput[],
  const Outputs extends readonly AdditionalOutput[] = readonly AdditionalOutput[],
  M extends Modality = Modality,
  ModeOfStream extends Mode = "send-receive",
> {
  /** What `connect<typeof stream>()` knows of it. Only the compiler sees it. */
  declare readonly "~types"?: {
    readonly inputs: InputArguments<Inputs>;
    readonly outputs: OutputValues<Outputs>;
    readonly modality: M;
    /** As names, so that a Stream of any mode is a `Stream` still. */
    readonly modes: { readonly [Name in ModeOfStream | "~"]?: Name };
  };
  readonly #shown: ShownPage;
  readonly #options: ResolvedStreamOptions;
  readonly #logger: Logger;
  readonly #peers: Peers;
  readonly #signalling: WebRtcSignalling;
  readonly #offers: StreamOffers;
  readonly #access: StreamAccess;
  readonly #sockets: SocketService | undefined;
  readonly #createdAtMs = systemClock.nowMs();
  readonly #readiness = new Readiness();
  readonly #routes = new Map<string, Routes>();
  /** The prefixes that it was mounted at. */
  readonly #mountPaths = new Set<string>();

  /** @throws {FastRtcError} `invalid_option` with a line for each option at fault. */
  constructor(options: StreamOptionsFor<M, ModeOfStream, Inputs, Outputs>) {
    this.#options = parseStreamOptions(options);
    const { modality, mode, handler, additionalInputs, allowExtraTracks } = this.#options;
    const logger = StreamLog.to(this.#options.logger, this.#options);
    const handlers = createHandlerFactory({ handler, modality, mode, inputCount: additionalInputs.length });
    const peers = new Peers({ ...this.#options, handlers, logger });
    const rtcConfigurations = new RtcConfigurations({ ...this.#options, logger });
    this.#logger = logger;
    this.#peers = peers;
    keepPeersOf(this, peers);
    this.#signalling = new WebRtcSignalling({
      registry: peers.registry,
      createSession: (id, headers, identity) => peers.createSession(id, "webrtc", headers, { identity }),
      hasLeft: (id) => peers.outputs.hasEnded(id),
      tokens: peers.tokens,
      rtcConfiguration: () => rtcConfigurations.server(),
      toldOfTurnOverTcp: () => rtcConfigurations.namesTurnOverTcp,
      // oxlint-disable-next-line node/no-process-env -- containers are told by it, and this is the edge
      network: this.#options.network ?? networkFromEnvironment(process.env),
      modality,
      mode,
      allowExtraTracks,
      degradationPreference: this.#options.rtpParams?.degradationPreference,
      logger,
    });
    const access = accessOf(this.#options, peers, logger);
    this.#access = access;
    this.#offers = new StreamOffers({ peers, access, signalling: this.#signalling });
    if (modality !== "video") {
      this.#sockets = createStreamSockets({ ...this.#options, peers, audioRates: handlers.audioRates, access, logger });
    }
    if (this.#options.metrics) watchEventLoop();
    this.#shown = new ShownPage({
      config: async () => pageConfigOf(this.#options, await rtcConfigurations.client()),
      modules: servedModules(this.#options.uiArgs),
      remoteOpen: this.#options.uiArgs.remoteOpen ?? false,
      launch: (launchOptions) => {
        peers.servePage();
        return launchHosted(this, launchOptions, (own) => launch(this.#service, logger, own));
      },
    });
  }

  /** The page: `stream.ui.launch()` serves it. */
  get ui(): StreamUi {
    return this.#shown.ui;
  }

  /**
   * Shows another page by `launch()` and where it is mounted with `page: true`: a folder, as `new URL("./page/", import.meta.url)`, in
   * which `./client.js` is `fastrtc/client`, or a function from Request to Response. Anything with a `launch` method replaces it all.
   * @throws {FastRtcError} `invalid_option` for a URL that is not of a file.
   */
  set ui(ui: StreamUi | OwnPage) {
    this.#shown.show(ui);
  }

  /**
   * Adds the routes to an application: POST `webrtc/offer`, GET `healthz` and others below `path`. It may be a server of node:http, a
   * Hono or Express application, an Express Router or a Fastify instance, with body parsers before or after this call.
   * Below a router's or plugin's own prefix they lie below that. WebSocket routes need one more line on Hono
   * and Express: `server.on("upgrade", stream.upgrade)`.
   * @throws {FastRtcError} `invalid_argument` for an application of another kind, `invalid_option` for a path that is none.
   */
  mount(app: MountableApp, { path = "", page = false, client = page }: MountOptions = {}): void {
    if (client) this.#peers.servePage();
    const routes = this.#routesFor(path, page);
    mountRoutes(app, routes, this.#logger, (...upgrade) => this.#takeUpgrade(...upgrade));
    this.#mountPaths.add(routes.basePath);
    this.#prepare().catch((thrown: unknown) => this.#logger.error("no peer can be served:", toError(thrown)));
  }

  /**
   * Answers a request for one of the routes below `path`; any other gets a 404.
   * For frameworks that speak web standards: `export const POST = (request) => stream.fetch(request)`.
   */
  async fetch(request: Request, { path = "", page = false, client = page }: MountOptions = {}): Promise<Response> {
    if (client) this.#peers.servePage();
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
  async offer(body: unknown, { headers = {}, identity }: OfferOptions = {}): Promise<OfferReply> {
    return this.#offers.answer(body, toHeaders(headers), identity);
  }

  /**
   * Answers the webhook of an incoming telephone call, Twilio's with TwiML, for a route of your own whose path ends in
   * "/incoming": the company is told to open its WebSocket beside it, at "/handler".
   * @throws {FastRtcError} `invalid_argument` when this Stream has no audio, or no such carrier.
   */
  async handleIncomingCall(request: Request, { carrier }: CallRouteOptions = {}): Promise<Response> {
    return callResponse(this.#audioSockets, request, carrier);
  }

  /**
   * Takes the WebSocket of a telephone call, for a route of your own. Call it before the event loop turns: what the caller
   * says meanwhile would be lost.
   * @param socket A WebSocket of the package `ws`, as Fastify's and other plugins give it.
   * @param request The request that it began with, of node:http or of the web.
   * @throws {FastRtcError} `invalid_argument` when this Stream has no audio.
   */
  telephoneHandler(socket: WsWebSocket, request: IncomingMessage | Request, { identity }: VisitorOptions = {}): void {
    this.#audioSockets.acceptCall(new WsSocket(socket), { ...callRequestOf(request), identity });
  }

  /**
   * Takes a WebSocket that carries audio, for a route of your own; its arguments are those of `telephoneHandler`.
   * @throws {FastRtcError} `invalid_argument` when this Stream has no audio.
   */
  websocketOffer(socket: WsWebSocket, request: IncomingMessage | Request, { identity }: VisitorOptions = {}): void {
    this.#audioSockets.acceptWebSocket(new WsSocket(socket), callRequestOf(request).headers, identity);
  }

  /**
   * Sets a peer's additional inputs; the next call of its handler gets them. Where a schema takes its time they are set when
   * it agrees, and what it refuses is reported to the log and the peer.
   * @throws {FastRtcError} `unknown_connection`; `invalid_argument` with a line for each value at fault.
   */
  setInput(webrtcId: string, ...values: InputArguments<Inputs>): void {
    void this.#peers.inputs.set(webrtcId, values);
  }

  /**
   * The AdditionalOutputs of a peer's handler, until the peer goes: every reader gets all that is given after it asked, the
   * first one what was given before, too. Of more than 256 that wait for a slow reader the oldest are dropped. It may be asked
   * for before the peer's offer: its first step waits 30 seconds for it, then throws `unknown_connection`.
   */
  outputStream(webrtcId: string): AsyncIterableIterator<AdditionalOutputs, undefined> {
    return this.#peers.outputs.read(webrtcId);
  }

  /**
   * What a peer's handler gave last as AdditionalOutputs; waits for the first when it has given none yet.
   * @throws {FastRtcError} `unknown_connection` when there is no such peer, or it goes before.
   */
  async fetchLatestOutput(webrtcId: string): Promise<AdditionalOutputs> {
    return this.#peers.outputs.latest(webrtcId);
  }

  /**
   * `outputStream` as a response of server-sent events, for a route of your own: the data of each is the list of values as
   * JSON. A comment every 15 seconds keeps the connection open. A peer that has gone is answered with 204, so that an
   * EventSource does not ask again.
   */
  outputEvents(webrtcId: string): Response {
    return outputEvents({ id: webrtcId, outputs: this.#peers.outputs, clock: systemClock, logger: this.#logger });
  }

  /**
   * Tells a peer's front end something: a text as it is, anything else as JSON. `connect()` has it as a `message` of type `custom`.
   * @throws {FastRtcError} `unknown_connection`.
   */
  sendMessage(webrtcId: string, message: string | object): void {
    this.#peers.get(webrtcId).sendMessage(customMessage(message));
  }

  /**
   * Ends a peer's connection from the server's side, after telling its front end so.
   * @throws {FastRtcError} `unknown_connection`; `invalid_argument` for any other state.
   */
  async updateConnection(webrtcId: string, state: "closed"): Promise<void> {
    const session = this.#peers.get(webrtcId);
    if (state !== "closed") {
      throw new FastRtcError("invalid_argument", `A connection can be "closed", but not ${JSON.stringify(state)}.`);
    }
    session.sendMessage({ type: "update_connection", data: state });
    await session.end("application-closed");
  }

  /**
   * Starts the stream on pages that wait for it (`uiArgs.remoteOpen`): all of them, or those whose address has `?visitor=` with this name.
   * Returns how many were told; `updateConnection` ends what they start.
   * @throws {FastRtcError} `invalid_argument` where pages do not wait.
   */
  openPages(visitor?: string): number {
    return this.#shown.open(visitor);
  }

  /**
   * Has a peer's handler answer now, without waiting for a pause, with these additional inputs where any are given.
   * @throws {FastRtcError} `unknown_connection`; `invalid_argument` for values at fault or a handler that cannot.
   */
  async triggerResponse(webrtcId: string, ...values: InputArguments<Inputs> | []): Promise<void> {
    const session = this.#peers.get(webrtcId);
    if (values.length > 0) await this.#peers.inputs.set(webrtcId, values);
    if (session.triggerResponse()) return;
    throw new FastRtcError("invalid_argument", "This stream's handler has no triggerResponse method to call.");
  }

  /**
   * How a peer's stream does: pictures per second, bitrates, loss, jitter and round trip of the network, and where the time of a
   * picture goes. Cheap enough to be asked for every second.
   * @throws {FastRtcError} `unknown_connection`.
   */
  stats(webrtcId: string): SessionStats {
    return this.#peers.get(webrtcId).stats();
  }

  /**
   * What all peers do together, and CPU, memory and event loop of this process, as a response in Prometheus's text format, for a
   * route of your own: `GET {path}/metrics` answers with it where the option `metrics` is set.
   */
  metrics(): Response {
    watchEventLoop();
    return metricsResponse(this.#peers.metrics.read(this.#peers.registry.sessions), this.health());
  }

  /**
   * Gets a telephone number from FastPhone, for a token of Hugging Face, and answers its calls: starts a server, opens a tunnel from the
   * internet to it, and prints the number, the code to type in and the minutes that are left.
   * @throws {FastRtcError} `fastphone_failed`, `tunnel_failed`, `port_in_use`; `invalid_argument` without a token or audio;
   * `invalid_option`; `missing_package` for a tunnel whose program or package is not there.
   */
  async fastphone(options: FastPhoneOptions = {}): Promise<FastPhone> {
    this.#peers.servePage();
    return fastphone(this.#service, this.#logger, options);
  }

  /**
   * Becomes a telephone: answers SIP calls, registers with a telephone company or a PBX where one is named, and makes calls. Calls of others
   * than this machine and that company are answered only where `allow` or `users` say so.
   * @throws {FastRtcError} `invalid_option`, `port_in_use`, `registration_failed`; `invalid_argument` when this Stream has no audio.
   */
  async sip(options?: SipOptions): Promise<SipEndpoint> {
    return openSip({ peers: this.#peers, modality: this.#options.modality, logger: this.#logger }, options);
  }

  /**
   * Whose a peer's session is, so that routes of your own serve nobody else; undefined where nobody was asked.
   * @throws {FastRtcError} `unknown_connection`.
   */
  identityOf(webrtcId: string): Identity | undefined {
    return this.#peers.get(webrtcId).context.identity;
  }

  /** How many peers there are, and how many there may be. */
  health(): Health {
    return {
      status: this.#peers.registry.isDraining ? "draining" : this.#readiness.status,
      sessions: this.#peers.registry.size,
      connected: this.#peers.registry.connectedCount,
      limit: Number.isFinite(this.#peers.registry.limit) ? this.#peers.registry.limit : null,
      uptime: Math.round((systemClock.nowMs() - this.#createdAtMs) / 1000),
    };
  }

  /**
   * Gets ready to stop: `readyz` says so to the load balancer, offers and calls are turned down with `server_draining`, and those who are
   * connected stay until they leave, their time limit ends, or this time is up. Resolves once all have gone. Candidates, and peers
   * that go on over a new connection, are taken meanwhile. There is no way back. Harmless when repeated; the shortest time counts.
   * @throws {FastRtcError} `invalid_option`.
   */
  async drain(options?: DrainOptions): Promise<void> {
    await drainSessions(this.#peers.registry, options);
  }

  /** Ends every session, each with a message to its peer. */
  async close(): Promise<void> {
    this.#shown.close();
    await this.#peers.registry.endAll("server-stopped");
  }

  get #audioSockets(): SocketService {
    if (this.#sockets) return this.#sockets;
    throw new FastRtcError("invalid_argument", 'This Stream has no audio: its modality is "video".');
  }

  get #service(): StreamService {
    return {
      offer: (body, headers, identity) => this.#offers.answer(body, headers, identity),
      access: this.#access,
      sockets: this.#sockets,
      health: () => this.health(),
      metrics: this.#options.metrics ? () => this.metrics() : undefined,
      page: () => this.#shown.page,
      prepare: () => this.#prepare(),
      close: () => this.close(),
    };
  }

  async #prepare(): Promise<void> {
    // STUN servers may take seconds to answer or to be given up: nobody waits for them.
    this.#signalling
      .prepare()
      .catch((thrown: unknown) => this.#logger.error("asking STUN and TURN servers failed:", toError(thrown)));
    await this.#readiness.await(warmUp());
  }

  #takeUpgrade(basePath: string, request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return handleUpgrade({ basePath, sockets: this.#sockets, access: this.#access, request, socket, head });
  }

  #routesFor(path: string, page: boolean): Routes {
    const key = `${page} ${path}`;
    const routes = this.#routes.get(key) ?? new Routes(this.#service, { basePath: parseBasePath(path), page });
    this.#routes.set(key, routes);
    return routes;
  }
}
