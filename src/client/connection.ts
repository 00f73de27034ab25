import { MessageJoiner } from "../protocol/message-pieces.ts";
import { ClientError, toClientError } from "./client-error.ts";
import type { BrowserParts, ConnectOptions } from "./connect-options.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import { Fallback } from "./fallback.ts";
import type { TransportKind } from "./modality.ts";
import type { CloseReason, ConnectionState } from "./connection-state.ts";
import { parseIncoming } from "./incoming.ts";
import { InputSender } from "./input-sender.ts";
import { InputMedia, type MediaKind } from "./input-media.ts";
import type { Link, LinkEvents, OfferedMedia } from "./link.ts";
import { Links } from "./links.ts";
import { Outbox } from "./outbox.ts";
import { OutputMedia } from "./output-media.ts";
import { performanceMark } from "./performance-mark.ts";
import { Reconnection } from "./reconnection.ts";
import type { OfferAnswer, Resume } from "./signalling.ts";
import { StatsReader } from "./stats-reader.ts";
import type { StreamInputs, TypedStream } from "./stream-types.ts";
import { TypedEvents } from "./typed-events.ts";

/** One stream between this page and the server, from the first step to the close. Made by `connect()`. */
export class Connection<S extends TypedStream = TypedStream> implements AsyncDisposable {
  /** Places that the page gives back: its next connection asks for one after that. */
  static #leaving: Promise<unknown> = Promise.resolve();

  readonly #events = new TypedEvents<ConnectionEvents<S>>();
  readonly #abort = new AbortController();
  readonly #browser: BrowserParts;
  /** What is offered, but for the input. */
  readonly #offered: Omit<OfferedMedia, "input">;
  readonly #media: InputMedia;
  /** Whether a WebSocket may take the place of WebRTC. */
  readonly #fallsBack: boolean;
  readonly #links: Links;
  readonly #stats: StatsReader;
  readonly #inputs: InputSender;
  readonly #outbox = new Outbox();
  readonly #output: OutputMedia;
  readonly #options: ConnectOptions;
  #state: ConnectionState = { type: "connecting", phase: "media" };
  #link: Link | undefined;
  /** What lets a new connection go on with the session. */
  #session: string | undefined;
  #attempts = 0;
  #reconnection: Reconnection | undefined;
  #cancelTimeout: (() => void) | undefined;
  #fallback: Fallback | undefined;

  constructor(url: URL, options: ConnectOptions, browser: BrowserParts) {
    const { modality = "video", mode = "send-receive", transport = "auto", signal } = options;
    const { media = { video: modality !== "audio", audio: modality !== "video" } } = options;
    const { mediaDevices: source, createMediaStream } = browser;
    const onTrouble = (error: ClientError): void => this.#events.emit("error", error);
    this.#links = new Links({ url, browser, options });
    this.#options = options;
    this.#browser = browser;
    this.#offered = { modality, mode };
    this.#fallsBack = transport === "auto" && modality === "audio" && mode === "send-receive";
    this.#media = new InputMedia({
      media,
      source,
      createMediaStream,
      signal: this.#abort.signal,
      replaceTrack: async (kind, track) => this.#link?.replaceTrack(kind, track),
      onChange: (stream) => this.#events.emit("input", stream),
      onTrouble,
    });
    this.#output = new OutputMedia(createMediaStream, (stream) => this.#events.emit("output", stream));
    this.#inputs = new InputSender({
      webrtcId: () => this.webrtcId,
      sendInputs: options.sendInputs,
      onTrouble,
    });
    this.#stats = new StatsReader({
      clock: browser.clock,
      signal: this.#abort.signal,
      asksServer: options.readsServerStats ?? false,
      link: () => this.#link,
      onStats: (stats) => this.#events.emit("stats", stats),
      onError: (thrown) => onTrouble(toClientError(thrown)),
    });
    const onAbort = (): void => this.#finish({ type: "closed-here" });
    const until = { signal: this.#abort.signal };
    signal?.addEventListener("abort", onAbort, until);
    browser.networkEvents.addEventListener("online", () => this.#networkChanged(), until);
    browser.networkEvents.addEventListener("pagehide", onAbort, until); // The server hears of it at once.
    if (options.inputs) this.#inputs.set(options.inputs, undefined);
    if (signal?.aborted) queueMicrotask(onAbort);
    else this.#connect().catch((thrown: unknown) => this.#fail(thrown));
  }

  /** The name of this connection on the server, for the application's own routes; where the server gives out ids, from its answer on. */
  get webrtcId(): string {
    return this.#links.webrtcId;
  }

  /** Where it stands. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** What carries it; undefined before it is chosen. */
  get transport(): TransportKind | undefined {
    return this.#link?.kind;
  }

  /** Calls `listener` with every event of that name; the function returned takes it off again. */
  on<Name extends keyof ConnectionEvents<S>>(
    name: Name,
    listener: (detail: ConnectionEvents<S>[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Sends from another camera or microphone, without a new connection. The one in use is stopped first, since phones
   * open one camera at a time; when the new one fails, the old one is opened again. A stream of the caller's own is left as it is.
   * @throws {ClientError} as for opening the first; the connection stands all the same.
   */
  async switchDevice(kind: MediaKind, deviceId: string): Promise<void> {
    await this.#media.switchDevice(kind, deviceId);
  }

  /** Whether silence is sent in place of the microphone, or black in place of the picture. */
  isMuted(kind: MediaKind): boolean {
    return this.#media.isMuted(kind);
  }

  /** Sends silence in place of the microphone, or black in place of the picture, whatever device it comes from, or ends that. */
  setMuted(kind: MediaKind, isMuted: boolean): void {
    this.#media.setMuted(kind, isMuted);
  }

  /** Whether a screen is sent in place of the camera. */
  get sharesScreen(): boolean {
    return this.#media.sharesScreen;
  }

  /**
   * Asks the user for a screen, window or tab, and sends it in place of the camera until `stopScreen` or until the user ends it.
   * Call it in answer to a click.
   * @throws {ClientError} `permission_denied` when the user chooses none; the camera goes on then.
   */
  async shareScreen(constraints: MediaTrackConstraints | boolean = true): Promise<void> {
    await this.#media.shareScreen(constraints);
  }

  /** Sends the camera again. Harmless when no screen is shared. */
  async stopScreen(): Promise<void> {
    await this.#media.stopScreen();
  }

  /**
   * Sets the additional inputs, one value for each, as soon as there is a way to say so; of several that wait only the newest is
   * sent. The server takes them where its page is served or `client: true` was said when it was mounted; any other needs `sendInputs`.
   */
  setInput(...inputs: StreamInputs<S>): void {
    this.#inputs.set(inputs, this.#link);
  }

  /**
   * Sends a text, or anything else as JSON, to the handler's `onMessage` method, as soon as the connection stands; of more than 256 that
   * wait the oldest are dropped. FastRTC's servers take none over a WebSocket.
   * @throws {TypeError} for what JSON cannot hold.
   */
  send(message: unknown): void {
    this.#outbox.put(message);
    if (!this.#reconnection) this.#outbox.sendBy(this.#link);
  }

  /** Ends the connection: devices off, the server told. Harmless when repeated. */
  close(): void {
    this.#finish({ type: "closed-here" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #connect(): Promise<void> {
    const { rtpParams, connectTimeoutMs = 30_000, reconnect = true } = this.#options;
    const { signal } = this.#abort;
    // Made before the camera is open, because its certificate takes time to generate, too.
    let link = this.#createLink(this.#links.first(this.#fallsBack));
    this.#use(link);
    if (this.#offered.mode !== "receive") {
      await this.#media.open();
      if (signal.aborted) return;
      performanceMark("fastrtc:media");
    }
    this.#setState({ type: "connecting", phase: "signalling" });
    this.#cancelTimeout = this.#browser.clock.after(connectTimeoutMs, () => {
      this.#fail(new ClientError("connection_lost", "No connection came about in time."));
    });
    await Connection.#leaving;
    if (signal.aborted) return;
    performanceMark("fastrtc:offer");
    const resume = reconnect || this.#fallsBack;
    const answer = await this.#offer(link, resume).catch(async (thrown: unknown) => {
      await this.#links.askForId(thrown, signal);
      const refused = link;
      link = this.#createLink(link.kind);
      this.#use(link);
      refused.close();
      return this.#offer(link, resume);
    });
    if (reconnect) this.#session = answer.session;
    if (signal.aborted) {
      this.#leave();
      return;
    }
    performanceMark("fastrtc:answer");
    this.#setState({ type: "connecting", phase: "transport" });
    if (this.#fallsBack && link.kind === "webrtc") {
      this.#fallback = new Fallback(this.#browser.clock, () => {
        this.#connectBySocket(link, answer.session).catch((thrown: unknown) => this.#fail(thrown));
      });
    }
    await link.accept(answer, rtpParams);
  }

  /** WebRTC found no way through the network: the same session goes over a WebSocket. */
  async #connectBySocket(before: Link, session: string | undefined): Promise<void> {
    before.close();
    const link = this.#createLink("websocket");
    this.#use(link);
    this.#attempts += 1;
    const resume = session === undefined ? true : { session, attempt: this.#attempts };
    const answer = await this.#offer(link, resume).catch((cause: unknown) => {
      if (!(cause instanceof ClientError) || cause.code !== "server_unreachable") throw cause;
      throw new ClientError("connection_lost", "Neither WebRTC nor a WebSocket found a way to the server.", { cause });
    });
    if (this.#options.reconnect !== false) this.#session = answer.session ?? session;
    await link.accept(answer);
  }

  #offer(link: Link, resume: Resume): Promise<OfferAnswer> {
    return link.offer({ ...this.#offered, input: this.#media.stream }, resume);
  }

  /** Nobody has to wait for this page any more. */
  #leave(): void {
    if (this.#session === undefined) return;
    this.#attempts += 1;
    const told = this.#link?.leave({ session: this.#session, attempt: this.#attempts });
    Connection.#leaving = Promise.all([Connection.#leaving, told]);
  }

  /** All goes by this link from now on. */
  #use(link: Link): void {
    this.#link = link;
    if (this.#options.showsOutputs) link.requests.showOutputs();
    this.#inputs.begin(link);
    this.#outbox.sendBy(link);
  }

  #createLink(kind: TransportKind): Link {
    const joiner = new MessageJoiner();
    const events: LinkEvents = {
      state: (state) => this.#onLinkState(link, state),
      message: (data) => this.#receive(data, joiner),
      channelClosed: () => this.#endedBy(link),
      track: (track) => this.#output.add(track),
      trouble: (error) => {
        if (this.#state.type === "connecting" || error.code === "browser_failed") this.#events.emit("error", error);
      },
    };
    const link: Link = this.#links.create(kind, events);
    return link;
  }

  /** The server ended it; but while a new connection comes about, the old one's end means nothing. */
  #endedBy(link: Link): void {
    if (link === this.#link && !this.#reconnection) this.#finish({ type: "ended-by-server", message: undefined });
  }

  #networkChanged(): void {
    if (this.#reconnection) this.#reconnection.hurry();
    else this.#reconnect();
  }

  /** Makes a new connection for the session; the one at hand stays until that stands. */
  #reconnect(): void {
    const { clock } = this.#browser;
    if (this.#state.type !== "connected" || this.#reconnection || this.#session === undefined) return;
    this.#setState({ type: "connected", interrupted: true });
    this.#outbox.holdBack(this.#link);
    this.#reconnection = new Reconnection({
      clock,
      attempt: (signal) => this.#tryAnew(signal),
      onGivenUp: (error) => this.#fail(error),
    });
  }

  async #tryAnew(signal: AbortSignal): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#attempts += 1;
    const isLostByRtc = this.#fallsBack && this.#attempts % 2 === 0; // Perhaps the new network knows no UDP.
    const link = this.#createLink(this.transport === "websocket" || isLostByRtc ? "websocket" : "webrtc");
    signal.addEventListener("abort", () => link.close(), { once: true });
    const answer = await this.#offer(link, { session, attempt: this.#attempts });
    this.#session = answer.session ?? session;
    await link.accept(answer, this.#options.rtpParams);
  }

  #reconnected(link: Link): void {
    this.#reconnection?.end({ succeeded: true });
    this.#reconnection = undefined;
    this.#link?.close();
    this.#use(link);
    this.#setState({ type: "connected", interrupted: false });
  }

  #onLinkState(link: Link, state: RTCPeerConnectionState): void {
    if (link !== this.#link) {
      if (state === "connected") this.#reconnected(link);
      else if (state === "failed" || state === "closed") this.#reconnection?.failed();
      return;
    }
    switch (state) {
      case "connected":
        if (this.#state.type === "connecting") {
          performanceMark("fastrtc:connected");
          this.#cancelTimeout?.();
          this.#fallback?.cancel();
          this.#setState({ type: "connected", interrupted: false });
          this.#inputs.connected();
          this.#stats.start();
        } else if (!this.#reconnection) {
          this.#setState({ type: "connected", interrupted: false });
        }
        return;
      case "disconnected":
        if (this.#state.type !== "connected") return;
        if (this.#session === undefined) this.#setState({ type: "connected", interrupted: true });
        else this.#reconnect();
        return;
      case "failed":
        if (this.#fallback?.take()) return;
        if (this.#state.type !== "connected") {
          this.#fail(new ClientError("connection_lost", "No way through the network to the server was found."));
        } else if (this.#session === undefined) {
          this.#fail(new ClientError("connection_lost", "The connection was lost."));
        } else {
          this.#reconnect();
        }
        return;
      case "closed":
        this.#endedBy(link);
        return;
      case "new":
      case "connecting":
        return;
    }
  }

  #receive(data: unknown, joiner: MessageJoiner): void {
    const text = typeof data === "string" ? joiner.push(data) : data;
    if (text === undefined) return; // A piece of a message whose rest is to come.
    const incoming = parseIncoming(text);
    if (incoming.type === "outputs") this.#events.emit("outputs", incoming.values);
    else if (incoming.type === "server-stats") this.#stats.serverStats = incoming.stats;
    else this.#onMessage(incoming.message as ConnectionEvents<S>["message"]);
  }

  #onMessage(message: ConnectionEvents<S>["message"]): void {
    this.#events.emit("message", message);
    if (message.type === "send_input") this.#inputs.again(this.#link);
    if (message.type === "end_stream") this.#finish({ type: "ended-by-server", message: message.data || undefined });
    if (message.type === "update_connection") this.#finish({ type: "ended-by-server", message: undefined });
  }

  #fail(thrown: unknown): void {
    this.#finish({ type: "failed", error: toClientError(thrown) });
  }

  #finish(reason: CloseReason): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    if (reason.type !== "ended-by-server") this.#leave();
    this.#cancelTimeout?.();
    this.#fallback?.cancel();
    this.#media.close();
    this.#reconnection?.end();
    this.#link?.close();
    this.#setState({ type: "closed", reason });
    this.#events.clear();
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#events.emit("state", state);
  }
}
