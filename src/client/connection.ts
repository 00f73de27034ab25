import { toError } from "../errors.ts";
import type { ProtocolMessage } from "../protocol/server-message.ts";
import { capture, type CaptureConstraints } from "./capture.ts";
import { ClientError } from "./client-error.ts";
import type { BrowserParts, ConnectOptions, Modality, Mode } from "./connect-options.ts";
import type { CloseReason, ConnectionState } from "./connection-state.ts";
import { type LiveStats, readStats, type StatsBaseline } from "./live-stats.ts";
import { receiveWithLeastDelay, sendWithLeastDelay } from "./low-delay.ts";
import { parseServerMessage } from "./server-message.ts";
import { Signalling } from "./signalling.ts";
import { TypedEvents } from "./typed-events.ts";
import { createWebrtcId } from "./webrtc-id.ts";

/** How often statistics are read, in milliseconds. */
const STATS_INTERVAL_MS = 1000;

/** What a connection tells, by the name of the event. */
export interface ConnectionEvents {
  state: ConnectionState;
  /** What is sent: camera and microphone, as soon as they are open, and again after a change of device. */
  input: MediaStream;
  /** What the server sends back. Its tracks come one after the other. */
  output: MediaStream;
  message: ProtocolMessage;
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
  #state: ConnectionState = { type: "connecting", phase: "media" };
  #peer: RTCPeerConnection | undefined;
  #input: MediaStream | undefined;
  #output: MediaStream | undefined;
  #cancelTimeout: (() => void) | undefined;

  constructor(url: URL, options: ConnectOptions, browser: BrowserParts) {
    const { modality = "video", mode = "send-receive", signal } = options;
    this.#browser = browser;
    this.#modality = modality;
    this.#mode = mode;
    this.#media = options.media ?? { video: modality !== "audio", audio: modality !== "video" };
    this.#ownsMedia = !isStream(this.#media);
    const onAbort = (): void => this.#finish({ type: "closed-here" });
    signal?.addEventListener("abort", onAbort, { signal: this.#abort.signal });
    this.#connect(url, options).catch((thrown: unknown) => this.#fail(thrown));
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
    const sender = this.#peer?.getSenders().find((each) => each.track?.kind === kind);
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

  /** Ends the connection: devices off, the server told. Harmless when repeated. */
  close(): void {
    this.#finish({ type: "closed-here" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #connect(
    url: URL,
    { rtcConfiguration = {}, rtpParams, connectTimeoutMs = 30_000 }: ConnectOptions,
  ): Promise<void> {
    const { createPeerConnection, mediaDevices, fetch, clock } = this.#browser;
    const { signal } = this.#abort;
    // Made before the camera is open, because its certificate takes time to generate, too.
    const peer = createPeerConnection(rtcConfiguration);
    this.#peer = peer;
    const signalling = new Signalling({
      url,
      webrtcId: this.webrtcId,
      signal,
      fetch,
      onCandidateError: (error) => {
        if (this.#state.type === "connecting") this.#events.emit("error", error);
      },
    });
    this.#listen(peer, signalling);

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
    this.#addTransceivers(peer);
    this.#setState({ type: "connecting", phase: "signalling" });
    this.#cancelTimeout = clock.after(connectTimeoutMs, () => {
      this.#fail(new ClientError("connection_lost", "No connection came about in time."));
    });

    const offer = await peer.createOffer();
    if (signal.aborted) return;
    performanceMark("fastrtc:offer");
    const [answer] = await Promise.all([signalling.offer(offer.sdp ?? ""), peer.setLocalDescription(offer)]);
    if (signal.aborted) return;
    performanceMark("fastrtc:answer");
    this.#setState({ type: "connecting", phase: "transport" });
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    if (rtpParams) await this.#applyRtpParams(peer, rtpParams);
  }

  async #applyRtpParams(peer: RTCPeerConnection, rtpParams: Partial<RTCRtpSendParameters>): Promise<void> {
    for (const sender of peer.getSenders()) {
      if (!sender.track || this.#abort.signal.aborted) continue;
      try {
        await sender.setParameters({ ...sender.getParameters(), ...rtpParams });
      } catch (cause) {
        this.#events.emit(
          "error",
          new ClientError("browser_failed", "This browser does not know the stream's sender parameters.", { cause }),
        );
      }
    }
  }

  #addTransceivers(peer: RTCPeerConnection): void {
    const kinds = this.#modality === "audio-video" ? (["audio", "video"] as const) : ([this.#modality] as const);
    const direction = ({ "send-receive": "sendrecv", send: "sendonly", receive: "recvonly" } as const)[this.#mode];
    for (const kind of kinds) {
      const track = this.#input?.getTracks().find((each) => each.kind === kind);
      const streams = this.#input ? [this.#input] : [];
      peer.addTransceiver(track ?? kind, { direction, streams });
    }
  }

  #listen(peer: RTCPeerConnection, signalling: Signalling): void {
    const { signal } = this.#abort;
    const channel = peer.createDataChannel("text");
    channel.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    channel.addEventListener("close", () => this.#finish({ type: "ended-by-server", message: undefined }), { signal });
    peer.addEventListener(
      "icecandidate",
      ({ candidate }) => {
        if (candidate?.candidate) signalling.candidate(candidate.toJSON());
      },
      { signal },
    );
    peer.addEventListener("connectionstatechange", () => this.#onPeerState(peer.connectionState), { signal });
    peer.addEventListener(
      "track",
      ({ track, receiver }) => {
        receiveWithLeastDelay(receiver);
        const isFirst = !this.#output;
        this.#output ??= this.#browser.createMediaStream();
        this.#output.addTrack(track);
        if (isFirst) this.#events.emit("output", this.#output);
      },
      { signal },
    );
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

  #onPeerState(state: RTCPeerConnectionState): void {
    switch (state) {
      case "connected":
        if (this.#state.type === "connecting") {
          performanceMark("fastrtc:connected");
          this.#cancelTimeout?.();
          this.#setState({ type: "connected", interrupted: false });
          this.#pollStats();
        } else {
          this.#setState({ type: "connected", interrupted: false });
        }
        return;
      case "disconnected":
        if (this.#state.type === "connected") this.#setState({ type: "connected", interrupted: true });
        return;
      case "failed":
        this.#fail(
          this.#state.type === "connected"
            ? new ClientError("connection_lost", "The connection was lost.")
            : new ClientError("connection_lost", "No way through the network to the server was found."),
        );
        return;
      case "closed":
        this.#finish({ type: "ended-by-server", message: undefined });
        return;
      case "new":
      case "connecting":
        return;
    }
  }

  #receive(data: unknown): void {
    const message = parseServerMessage(data);
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

  #pollStats(before?: StatsBaseline): void {
    const cancel = this.#browser.clock.after(STATS_INTERVAL_MS, () => {
      this.#abort.signal.removeEventListener("abort", cancel);
      this.#emitStats(before).catch((thrown: unknown) => this.#fail(thrown));
    });
    this.#abort.signal.addEventListener("abort", cancel, { once: true });
  }

  async #emitStats(before: StatsBaseline | undefined): Promise<void> {
    const report = await this.#peer?.getStats();
    if (!report || this.#abort.signal.aborted) return;
    const { stats, baseline } = readStats(report.values(), before);
    this.#events.emit("stats", stats);
    this.#pollStats(baseline);
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
    this.#peer?.close();
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
