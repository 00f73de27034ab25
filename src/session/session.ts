import { BoundedQueue } from "../async/bounded-queue.ts";
import { type Clock, systemClock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import { type CloseReason, closeMessage } from "./close-reason.ts";
import { runInSession } from "./context.ts";
import { Continuity } from "./continuity.ts";
import { ErrorReporter } from "./error-reporter.ts";
import type { Logger } from "./logger.ts";
import type { Emissions, HandlerSession, PeerHandler } from "./peer-handler.ts";
import { Playback } from "./playback.ts";
import { pump } from "./pump.ts";
import type { SessionContext } from "./session-context.ts";
import { SessionInputs } from "./session-inputs.ts";
import { type OnHandled, SessionMeter } from "./session-meter.ts";
import type { SessionObserver } from "./session-observer.ts";
import { SessionOutputs } from "./session-outputs.ts";
import type { SessionStats } from "./session-stats.ts";
import { StuckHandler } from "./stuck-handler.ts";
import type { TransportStats } from "./transport-stats.ts";
import type { AudioFormat, Transport, TransportEvents } from "./transport.ts";

/** How long a peer may take from its offer to a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;
/** How long a peer may stay silent meanwhile: a tab that was closed must not keep its place, in milliseconds. */
const CONNECT_SILENCE_MS = 9000;
/** How many pieces of sound wait for a busy handler, a second's worth; the oldest go first. */
const MAX_WAITING_AUDIO = 50;
/** How long a piece of sound usually is, in milliseconds. */
const USUAL_PIECE_MS = 20;
/** How sound passes that no transport sends. */
const UNHEARD: AudioFormat = { sampleRate: 8000, channels: 1, packetMs: 20, leadMs: 0 };

export interface SessionOptions {
  /** The peer's `webrtc_id`. */
  readonly id: string;
  readonly kind: Transport["kind"];
  /** The headers of the request that the session began with. @default none */
  readonly headers?: Headers | undefined;
  readonly handler: PeerHandler;
  /** Takes a message of the client; false for one that it does not know. @default none is known */
  readonly takeMessage?: ((text: string) => boolean) | undefined;
  /** The defaults of the additional inputs; null when the client has to send them first. @default [] */
  readonly initialInputs?: readonly unknown[] | null | undefined;
  /** Seconds from the connection to the end of the session. @default no limit */
  readonly timeLimit?: number | undefined;
  readonly logger: Logger;
  /** Called once, the moment the session ends: its place is free again. */
  readonly onEnd: (session: Session, reason: CloseReason) => void;
  /** Told how long the handler took for each picture, in milliseconds. */
  readonly onHandled?: OnHandled | undefined;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** `interrupted`: its network broke, and the peer is waited for. */
export type SessionState = "connecting" | "connected" | "interrupted" | "ended";

/**
 * One connected peer: its handler, the pump between handler and transport, and its lifetime.
 * Whatever ends it - the peer, the network, a limit, the server - goes through `end`, once.
 */
export class Session implements TransportEvents, HandlerSession {
  readonly id: string;
  readonly context: SessionContext;
  readonly inputs: SessionInputs;
  readonly outputs = new SessionOutputs();
  readonly #handler: PeerHandler;
  readonly #takeMessage: ((text: string) => boolean) | undefined;
  readonly #timeLimit: number | undefined;
  readonly #logger: Logger;
  readonly #onEnd: (session: Session, reason: CloseReason) => void;
  readonly clock: Clock;
  readonly playback: Playback;
  /** Measures the way of the pictures through it. */
  readonly meter: SessionMeter;
  readonly #errors: ErrorReporter;
  readonly #abort = new AbortController();
  readonly #video: BoundedQueue<VideoFrame>;
  readonly #audio = new BoundedQueue<AudioFrame>({ capacity: MAX_WAITING_AUDIO, overflow: "drop-oldest" });
  readonly #observers: SessionObserver[] = [];
  /** How it goes on when its transport breaks. */
  readonly continuity: Continuity;
  #state: SessionState = "connecting";
  #transport: Transport | undefined;
  #closed: Promise<unknown> | undefined;
  #running: Promise<void> | undefined;
  readonly #stuckHandler: StuckHandler;
  #cancelTimer: () => void;
  #cancelSilenceTimer: () => void;

  constructor({
    id,
    kind,
    headers,
    handler,
    takeMessage,
    initialInputs = [],
    timeLimit,
    logger,
    onEnd,
    onHandled,
    clock = systemClock,
  }: SessionOptions) {
    this.id = id;
    this.context = { webrtcId: id, transport: kind, headers: headers ?? new Headers(), signal: this.#abort.signal };
    this.inputs = new SessionInputs(initialInputs ?? undefined);
    this.#handler = handler;
    this.#takeMessage = takeMessage;
    const meter = new SessionMeter(clock, onHandled);
    this.meter = meter;
    this.#video = new BoundedQueue<VideoFrame>({
      capacity: handler.videoCapacity ?? 1,
      overflow: "drop-oldest",
      onDrop: (frame) => {
        meter.pictureSkipped();
        frame.release();
      },
      onAsk: () => meter.pictureHandled(),
      onTake: () => meter.pictureTaken(),
    });
    this.#timeLimit = timeLimit;
    this.#logger = logger;
    this.#onEnd = onEnd;
    this.clock = clock;
    this.playback = new Playback(clock, () => this.#transport);
    this.#stuckHandler = new StuckHandler(id, logger);
    this.#errors = new ErrorReporter({
      logger,
      clock,
      tell: (data) => this.sendMessage({ type: "error", data }),
    });
    this.continuity = new Continuity({
      id,
      clock,
      logger,
      events: this,
      replace: (transport) => this.#replace(transport),
      onGone: (reason) => this.#endSoon(reason),
    });
    this.#cancelTimer = clock.after(CONNECT_TIMEOUT_MS, () => this.#endSoon("connect-timeout"));
    this.#cancelSilenceTimer = this.#awaitProgress();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether the handler has yet to come back for what it was given. */
  get isBusy(): boolean {
    return this.#video.isWorkedOn || this.#audio.isWorkedOn;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get phoneMode(): boolean {
    return this.context.transport === "telephone";
  }

  /** Gives the session what carries it; a session that has already ended closes it at once. */
  attach(transport: Transport): void {
    this.#transport = transport;
    if (this.#state === "ended") this.#closed = transport.close();
  }

  /** The sound that is sent, which stays the same whatever carries it. */
  get audioFormat(): AudioFormat | undefined {
    return this.#transport?.audioFormat;
  }

  progress(): void {
    if (this.#state !== "connecting") return;
    this.#cancelSilenceTimer();
    this.#cancelSilenceTimer = this.#awaitProgress();
  }

  connected(): void {
    if (this.#state !== "connecting") return;
    this.#state = "connected";
    this.meter.connected();
    this.#cancelTimer();
    this.#cancelSilenceTimer();
    if (this.#timeLimit !== undefined) {
      this.#cancelTimer = this.clock.after(this.#timeLimit * 1000, () => this.#endSoon("time-limit"));
    }
    this.#logger.info(`session ${this.id} connected`);
    this.#running = runInSession(this, () => this.#run());
  }

  /** Has someone look on at what the peer does from now on. */
  observe(observer: SessionObserver): void {
    this.#observers.push(observer);
    this.inputs.onSet(() => observer.inputs(this.inputs.latest ?? []));
  }

  videoFrame(frame: VideoFrame, isOvertaken = false): void {
    for (const observer of this.#observers) observer.videoFrame(frame);
    this.meter.pictureArrived(frame);
    this.#stuckHandler.note(this.meter.heldMs);
    if (isOvertaken && (this.#handler.videoCapacity ?? 1) === 1) this.#video.passOver(frame);
    else this.#video.push(frame);
  }

  audioFrame(frame: AudioFrame): void {
    for (const observer of this.#observers) observer.audioFrame(frame);
    this.playback.received(frame.durationMs);
    this.#audio.push(frame);
  }

  message(text: string): void {
    for (const observer of this.#observers) observer.message(text);
    if (this.#takeMessage?.(text)) return;
    if (this.#state === "connected") this.#call(async () => this.#handler.message?.(text));
    this.sendMessage({ type: "log", data: `Server received: ${text}` });
  }

  closed(reason: CloseReason): void {
    const begun = this.#state === "connected" || this.#state === "interrupted";
    if (begun && this.continuity.lost(this.#transport, reason)) this.#state = "interrupted";
    else this.#endSoon(reason);
  }

  failure(error: Error): void {
    this.reportError(error);
  }

  reportError(error: Error): void {
    this.#errors.report(error);
  }

  sendMessage(message: ServerMessage): void {
    if (!this.continuity.keep(message)) this.#transport?.sendMessage(message);
  }

  clearQueue(): void {
    this.playback.drop();
  }

  /** What its transport knows of the media it carries. */
  get carried(): TransportStats | undefined {
    return this.#transport?.stats?.();
  }

  /** How the stream does. */
  stats(): SessionStats {
    return this.meter.read({
      webrtcId: this.id,
      transport: this.context.transport,
      state: this.#state,
      carried: this.carried,
      waitingInMs: this.#audio.length * USUAL_PIECE_MS,
      waitingOutMs: this.playback.waitingMs,
    });
  }

  key(digit: string): void {
    if (this.#state === "connected") this.#call(async () => this.#handler.key?.(digit));
  }

  /** Has the handler answer now; false when it is of a kind that cannot. */
  triggerResponse(): boolean {
    if (!this.#handler.triggerResponse) return false;
    this.#call(async () => this.#handler.triggerResponse?.(this));
    return true;
  }

  /** Calls the handler beside what it does already. */
  #call(method: () => Promise<void>): void {
    runInSession(this, method).catch((thrown: unknown) => this.reportError(toError(thrown)));
  }

  /** Ends the session; resolves when its transport is closed. Harmless when repeated. */
  async end(reason: CloseReason, farewell = closeMessage(reason)): Promise<void> {
    if (this.#state !== "ended") {
      this.#state = "ended";
      this.#cancelTimer();
      this.#cancelSilenceTimer();
      this.#logger.info(`session ${this.id} ended: ${reason}`);
      if (farewell) this.sendMessage({ type: "end_stream", data: farewell });
      this.continuity.end();
      this.#abort.abort(reason);
      this.#video.end();
      this.#audio.end();
      this.playback.end();
      this.outputs.end();
      this.#closed = this.#transport?.close();
      this.#onEnd(this, reason);
      for (const observer of this.#observers) observer.ended(reason);
      this.#running ??= runInSession(this, () => this.#shutDown());
    }
    await this.#closed;
  }

  #replace(transport: Transport): Transport | undefined {
    const before = this.#transport;
    this.#transport = transport;
    // What it was offered first may never have come about.
    if (this.#state === "connecting") this.connected();
    else this.#state = "connected";
    return before;
  }

  #awaitProgress(): () => void {
    return this.clock.after(CONNECT_SILENCE_MS, () => this.#endSoon("connect-timeout"));
  }

  #endSoon(reason: CloseReason, farewell?: string): void {
    this.end(reason, farewell).catch((thrown: unknown) =>
      this.#logger.error(`session ${this.id} could not be closed cleanly:`, toError(thrown)),
    );
  }

  /** The handler's whole life; never rejects. */
  async #run(): Promise<void> {
    try {
      await this.#handler.startUp?.(this);
      const media = [this.#pumpVideo(), this.#pumpAudio()].filter((one) => one !== undefined);
      await Promise.all(media);
      if (media.length > 0) this.#endSoon("handler-ended");
    } catch (thrown) {
      // What user code throws for one frame is reported where it is called; what arrives here has ended the handler.
      this.reportError(toError(thrown));
      this.#endSoon("handler-failed");
    }
    await this.#shutDown();
  }

  async #shutDown(): Promise<void> {
    try {
      await this.#handler.shutdown?.();
    } catch (thrown) {
      this.#logger.error(`the handler of session ${this.id} failed in shutdown:`, toError(thrown));
    }
  }

  #pumpVideo(): Promise<void> | undefined {
    if (this.#transport?.carriesVideo === false && this.#handler.audio) return undefined;
    const emissions = this.#handler.video?.(this.#video, this);
    return (
      emissions &&
      this.#pump(emissions, async (frame) => {
        this.meter.pictureHandled();
        this.meter.pictureSent(frame);
        await this.#transport?.sendVideo(frame);
      })
    );
  }

  #pumpAudio(): Promise<void> | undefined {
    const emissions = this.#handler.audio?.(this.#audio, this);
    if (!emissions) return undefined;
    const format = this.#transport?.audioFormat;
    const { playback } = this;
    playback.open({
      // Where nobody listens sound passes in its time all the same: a handler that nothing waits for would never rest.
      format: format ?? UNHEARD,
      send: (frame) => format && this.#sendAudio(frame),
    });
    return this.#pump(
      emissions,
      (frame) => playback.write(frame),
      () => playback.finish(),
    );
  }

  #sendAudio(frame: AudioFrame): void {
    try {
      this.#transport?.sendAudio(frame);
    } catch (thrown) {
      this.reportError(toError(thrown));
    }
  }

  /** @param finish resolves when all that was sent has been played. @default at once */
  #pump<Media>(
    emissions: Emissions<Media>,
    send: (media: Media) => Promise<void> | undefined,
    finish: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    return pump(emissions, {
      hasEnded: () => this.#state === "ended",
      send,
      finish,
      publish: (outputs) => {
        this.outputs.publish(outputs);
        this.sendMessage({ type: "fetch_output" });
      },
      close: (message) => this.#endSoon("handler-closed", message),
      reportError: (error) => this.reportError(error),
    });
  }
}
