import { toError } from "../errors.ts";
import { MessageJoiner } from "../protocol/message-pieces.ts";
import type { ProtocolMessage } from "../protocol/server-message.ts";
import { parseServerStats, type ServerStats } from "../protocol/server-stats.ts";
import { capture, type CaptureConstraints } from "./capture.ts";
import { ClientError } from "./client-error.ts";
import type { BrowserParts, ConnectOptions, Modality, Mode } from "./connect-options.ts";
import type { CloseReason, ConnectionState } from "./connection-state.ts";
import { type LiveStats, readStats, type StatsBaseline } from "./live-stats.ts";
import { sendWithLeastDelay } from "./low-delay.ts";
import { type OfferedMedia, PeerLink } from "./peer-link.ts";
import { Reconnection } from "./reconnection.ts";
import { parseServerMessage, parseShownOutputs } from "./server-message.ts";
import { TypedEvents } from "./typed-events.ts";
import { createWebrtcId } from "./webrtc-id.ts";

/** How often statistics are read, in milliseconds. */
const STATS_INTERVAL_MS = 1000;

/** What a connection tells, by the name of the event. */
export interface ConnectionEvents {
  state: ConnectionState;
  /** What is sent: camera and microphone, as soon as they are open, and again after a change of device. */
  input: MediaStream;
  /** What the server sends back. Its tracks come one after the other; told again when they were replaced by those of a new connection. */
  output: MediaStream;
  message: ProtocolMessage;
  /** What the page is to show: the value of each additional output. */
  outputs: readonly unknown[];
  /** Once a second while connected. */
  stats: LiveStats;
  /** Trouble that does not end the connection; what does is in the `closed` state. */
  error: ClientError;
}

/** One stream between this page and the server, from the first step to the close. Made by `connect()`. */
export class Connection implements AsyncDisposable {
  /** The name of this connection on the server, for the application's own routes. */
  readonly webrtcId = createWebrtcId();

  readonly #events = new TypedEvents<ConnectionEvents>();
  readonly #abort = new AbortController();
  readonly #browser: BrowserParts;
  readonly #modality: Modality;
  readonly #mode: Mode;
  readonly #media: CaptureConstraints | MediaStream;
  readonly #ownsMedia: boolean;
  readonly #url: URL;
  readonly #options: ConnectOptions;
  #state: ConnectionState = { type: "connecting", phase: "media" };
  #link: PeerLink | undefined;
  /** What lets a new connection go on with the session. */
  #session: string | undefined;
  #attempts = 0;
  #reconnection: Reconnection | undefined;
  #baseline: StatsBaseline | undefined;
  #serverStats: ServerStats | undefined;
  #input: MediaStream | undefined;
  #output: MediaStream | undefined;
  #cancelTimeout: (() => void) | undefined;
  #inputs: readonly unknown[] | undefined;

  constructor(url: URL, options: ConnectOptions, browser: BrowserParts) {
    const { modality = "video", mode = "send-receive", signal } = options;
    this.#url = url;
    this.#options = options;
    this.#browser = browser;
    this.#modality = modality;
    this.#mode = mode;
    this.#media = options.media ?? { video: modality !== "audio", audio: modality !== "video" };
    this.#ownsMedia = !isStream(this.#media);
    const onAbort = (): void => this.#finish({ type: "closed-here" });
    signal?.addEventListener("abort", onAbort, { signal: this.#abort.signal });
    browser.networkEvents.addEventListener("online", () => this.#networkChanged(), { signal: this.#abort.signal });
    this.#connect().catch((thrown: unknown) => this.#fail(thrown));
    if (signal?.aborted) onAbort();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Calls `listener` with every event of that name; the function returned takes it off again. */
  on<Name extends keyof ConnectionEvents>(name: Name, listener: (detail: ConnectionEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Sends from another camera or microphone, without a new connection. The one in use is stopped first, since phones
   * open one camera at a time; when the new one fails, the old one is opened again.
   * @throws {ClientError} as `capture` does; the connection stands all the same.
   */
  async switchDevice(kind: "video" | "audio", deviceId: string): Promise<void> {
    const media = this.#media;
    const input = this.#input;
    const old = input?.getTracks().find((track) => track.kind === kind);
    const sender = this.#link?.peer.getSenders().find((each) => each.track?.kind === kind);
    if (isStream(media) || !input || !old || !sender) return;
    const open = async (id: string | undefined): Promise<void> => {
      const wishes = media[kind];
      const { facingMode: _unused, ...rest } = typeof wishes === "object" ? wishes : {};
      const opened = await capture(
        { [kind]: { ...rest, ...(id ? { deviceId: { exact: id } } : {}) } },
        this.#browser.mediaDevices,
      );
      const [track] = opened.getTracks();
      if (this.#abort.signal.aborted || !track) {
        for (const each of opened.getTracks()) each.stop();
        return;
      }
      await sender.replaceTrack(track);
      input.removeTrack(old);
      input.addTrack(track);
      this.#prepareTrack(track);
      this.#events.emit("input", input);
    };
    const oldId = old.getSettings().deviceId;
    old.stop();
    try {
      await open(deviceId);
    } catch (thrown) {
      await open(oldId);
      throw thrown;
    }
  }

  /**
   * Sets the additional inputs, one value for each, as soon as there is a way to say so; of several that wait only the newest is
   * sent. The server takes them where it serves its page.
   */
  setInputs(values: readonly unknown[]): void {
    this.#inputs = values;
    this.#link?.requests.setInputs(values);
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
    const { mediaDevices, clock } = this.#browser;
    const { signal } = this.#abort;
    // Made before the camera is open, because its certificate takes time to generate, too.
    const link = this.#createLink();
    this.#link = link;

    if (this.#mode !== "receive") {
      const media = this.#media;
      const input = isStream(media) ? media : await capture(media, mediaDevices);
      if (signal.aborted) {
        if (this.#ownsMedia) stopTracks(input);
        return;
      }
      performanceMark("fastrtc:media");
      this.#input = input;
      for (const track of input.getTracks()) this.#prepareTrack(track);
      this.#events.emit("input", input);
    }
    this.#setState({ type: "connecting", phase: "signalling" });
    this.#cancelTimeout = clock.after(connectTimeoutMs, () => {
      this.#fail(new ClientError("connection_lost", "No connection came about in time."));
    });
    performanceMark("fastrtc:offer");
    const answer = await link.offer(this.#offered, reconnect);
    if (signal.aborted) return;
    performanceMark("fastrtc:answer");
    this.#session = answer.session;
    this.#setState({ type: "connecting", phase: "transport" });
    await link.accept(answer, rtpParams);
  }

  get #offered(): OfferedMedia {
    return { modality: this.#modality, mode: this.#mode, input: this.#input };
  }

  #createLink(): PeerLink {
    const { rtcConfiguration = {}, showsOutputs = false } = this.#options;
    const joiner = new MessageJoiner();
    const link: PeerLink = new PeerLink({
      url: this.#url,
      webrtcId: this.webrtcId,
      rtcConfiguration,
      browser: this.#browser,
      events: {
        state: (state) => this.#onPeerState(link, state),
        message: (data) => this.#receive(data, joiner),
        channelClosed: () => this.#endedBy(link),
        track: (track) => this.#received(track),
        trouble: (error) => {
          if (this.#state.type === "connecting" || error.code === "browser_failed") this.#events.emit("error", error);
        },
      },
    });
    if (showsOutputs) link.requests.showOutputs();
    if (this.#inputs) link.requests.setInputs(this.#inputs);
    return link;
  }

  /** The server ended it; but while a new connection comes about, the old one's end means nothing. */
  #endedBy(link: PeerLink): void {
    if (link === this.#link && !this.#reconnection) this.#finish({ type: "ended-by-server", message: undefined });
  }

  #received(track: MediaStreamTrack): void {
    const before = this.#output;
    this.#output ??= this.#browser.createMediaStream();
    const replaced = this.#output.getTracks().filter(({ kind }) => kind === track.kind);
    for (const old of replaced) this.#output.removeTrack(old);
    this.#output.addTrack(track);
    if (!before || replaced.length > 0) this.#events.emit("output", this.#output);
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
    const link = this.#createLink();
    signal.addEventListener("abort", () => link.close(), { once: true });
    const answer = await link.offer(this.#offered, { session, attempt: this.#attempts });
    this.#session = answer.session ?? session;
    await link.accept(answer, this.#options.rtpParams);
  }

  #reconnected(link: PeerLink): void {
    this.#reconnection?.end({ succeeded: true });
    this.#reconnection = undefined;
    this.#link?.close();
    this.#link = link;
    this.#baseline = undefined;
    this.#setState({ type: "connected", interrupted: false });
  }

  #prepareTrack(track: MediaStreamTrack): void {
    sendWithLeastDelay(track);
    const device = track.kind === "video" ? "camera" : "microphone";
    track.addEventListener(
      "ended",
      () => this.#events.emit("error", new ClientError("no_device", `The ${device} was disconnected or taken away.`)),
      { signal: this.#abort.signal },
    );
  }

  #onPeerState(link: PeerLink, state: RTCPeerConnectionState): void {
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
          this.#setState({ type: "connected", interrupted: false });
          this.#pollStats();
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
    const outputs = parseShownOutputs(text);
    if (outputs) {
      this.#events.emit("outputs", outputs);
      return;
    }
    const serverStats = parseServerStats(text);
    if (serverStats) {
      this.#serverStats = serverStats;
      return;
    }
    const message = parseServerMessage(text);
    if (!message) {
      this.#events.emit(
        "error",
        new ClientError(
          "server_unreachable",
          `The server sent a message that is not known here: ${String(data).slice(0, 200)}`,
        ),
      );
      return;
    }
    this.#events.emit("message", message);
    if (message.type === "end_stream") this.#finish({ type: "ended-by-server", message: message.data || undefined });
    if (message.type === "update_connection") this.#finish({ type: "ended-by-server", message: undefined });
  }

  #pollStats(): void {
    const cancel = this.#browser.clock.after(STATS_INTERVAL_MS, () => {
      this.#abort.signal.removeEventListener("abort", cancel);
      this.#emitStats().catch((thrown: unknown) => this.#fail(thrown));
    });
    this.#abort.signal.addEventListener("abort", cancel, { once: true });
  }

  async #emitStats(): Promise<void> {
    const link = this.#link;
    const report = await link?.peer.getStats();
    if (!report || this.#abort.signal.aborted) return;
    if (link === this.#link) {
      const { stats, baseline } = readStats(report.values(), this.#baseline);
      this.#baseline = baseline;
      this.#events.emit("stats", { ...stats, server: this.#serverStats });
      if (this.#options.readsServerStats) link?.requests.askStats();
    }
    this.#pollStats();
  }

  #fail(thrown: unknown): void {
    const error =
      thrown instanceof ClientError
        ? thrown
        : new ClientError("browser_failed", `The browser could not connect: ${toError(thrown).message}`, {
            cause: thrown,
          });
    this.#finish({ type: "failed", error });
  }

  #finish(reason: CloseReason): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#cancelTimeout?.();
    if (this.#ownsMedia && this.#input) stopTracks(this.#input);
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

function isStream(media: CaptureConstraints | MediaStream): media is MediaStream {
  return "getTracks" in media;
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Leaves a mark on the page's timeline, for measuring; the last connection's marks are the ones that stay. */
function performanceMark(name: string): void {
  performance.clearMarks(name);
  performance.mark(name);
}
