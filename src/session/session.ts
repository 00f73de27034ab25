import { type Clock, systemClock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import { type CloseReason, closeMessage } from "./close-reason.ts";
import { Continuity } from "./continuity.ts";
import { ErrorReporter } from "./error-reporter.ts";
import { HandlerRun } from "./handler-run.ts";
import type { Identity } from "./identity.ts";
import type { Logger } from "./logger.ts";
import type { HandlerSession, PeerHandler } from "./peer-handler.ts";
import { Playback } from "./playback.ts";
import type { SessionContext } from "./session-context.ts";
import { SessionDeadlines } from "./session-deadlines.ts";
import { SessionInputs } from "./session-inputs.ts";
import { type OnHandled, SessionMeter } from "./session-meter.ts";
import type { SessionObserver } from "./session-observer.ts";
import { SessionOutputs } from "./session-outputs.ts";
import type { SessionTrace } from "./session-trace.ts";
import type { SessionStats } from "./session-stats.ts";
import type { TransportStats } from "./transport-stats.ts";
import type { AudioFormat, Transport, TransportEvents } from "./transport.ts";

/** How much of what the client said it is told back, in UTF-16 code units. */
const MAX_ECHOED_LENGTH = 1000;

export interface SessionOptions {
  /** The peer's `webrtc_id`. */
  readonly id: string;
  readonly kind: Transport["kind"];
  /** The headers of the request that the session began with. @default none */
  readonly headers?: Headers | undefined;
  /** Whose it is. @default nobody was asked */
  readonly identity?: Identity | undefined;
  readonly handler: PeerHandler;
  /** Takes a text of the client; gives what the handler is to have of it. @default all */
  readonly takeMessage?: ((text: string) => string | undefined) | undefined;
  /** The defaults of the additional inputs; null when the client has to send them first. @default [] */
  readonly initialInputs?: readonly unknown[] | null | undefined;
  /** Seconds from the connection to the end of the session. @default no limit */
  readonly timeLimit?: number | undefined;
  readonly logger: Logger;
  /** Where it is traced. @default nowhere */
  readonly trace?: SessionTrace | undefined;
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
 * One connected peer: what carries it, its handler, and its lifetime.
 * Whatever ends it - the peer, the network, a limit, the server - goes through `end`, once.
 */
export class Session implements TransportEvents, HandlerSession {
  readonly id: string;
  readonly context: SessionContext;
  readonly inputs: SessionInputs;
  readonly outputs = new SessionOutputs();
  readonly #handler: HandlerRun;
  readonly #takeMessage: ((text: string) => string | undefined) | undefined;
  readonly #timeLimit: number | undefined;
  readonly #logger: Logger;
  readonly #onEnd: (session: Session, reason: CloseReason) => void;
  readonly trace: SessionTrace | undefined;
  readonly clock: Clock;
  readonly playback: Playback;
  /** Measures the way of the pictures through it. */
  readonly meter: SessionMeter;
  readonly #errors: ErrorReporter;
  readonly #abort = new AbortController();
  readonly #observers: SessionObserver[] = [];
  /** How it goes on when its transport breaks. */
  readonly continuity: Continuity;
  #state: SessionState = "connecting";
  #transport: Transport | undefined;
  #closed: Promise<unknown> | undefined;
  readonly #deadlines: SessionDeadlines;

  constructor({
    id,
    kind,
    headers,
    identity,
    handler,
    takeMessage,
    initialInputs = [],
    timeLimit,
    logger,
    trace,
    onEnd,
    onHandled,
    clock = systemClock,
  }: SessionOptions) {
    this.id = id;
    this.context = {
      webrtcId: id,
      transport: kind,
      headers: headers ?? new Headers(),
      identity,
      signal: this.#abort.signal,
    };
    this.inputs = new SessionInputs(initialInputs ?? undefined);
    this.#takeMessage = takeMessage;
    this.meter = new SessionMeter(clock, onHandled);
    this.#timeLimit = timeLimit;
    this.#logger = logger;
    this.trace = trace;
    this.#onEnd = onEnd;
    this.clock = clock;
    this.playback = new Playback(clock, () => this.#transport);
    this.#handler = new HandlerRun({
      handler,
      session: this,
      meter: this.meter,
      logger,
      transport: () => this.#transport,
      publish: (outputs) => {
        this.outputs.publish(outputs);
        this.sendMessage({ type: "fetch_output" });
      },
      onEnd: (reason, farewell) => this.#endSoon(reason, farewell),
    });
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
    this.#deadlines = new SessionDeadlines(clock, (reason) => this.#endSoon(reason));
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether the handler has yet to come back for what it was given. */
  get isBusy(): boolean {
    return this.#handler.isBusy;
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
    if (this.#state === "connecting") this.#deadlines.progress();
  }

  connected(): void {
    if (this.#state !== "connecting") return;
    this.#state = "connected";
    this.meter.connected();
    this.trace?.connected();
    this.#deadlines.connected(this.#timeLimit);
    this.#logger.info(`session ${this.id} connected`);
    this.#handler.begin();
  }

  /** Has someone look on at what the peer does from now on. */
  observe(observer: SessionObserver): void {
    this.#observers.push(observer);
    this.inputs.onSet(() => observer.inputs(this.inputs.latest ?? []));
  }

  videoFrame(frame: VideoFrame, isOvertaken = false): void {
    for (const observer of this.#observers) observer.videoFrame(frame);
    this.#handler.videoFrame(frame, isOvertaken);
  }

  audioFrame(frame: AudioFrame): void {
    for (const observer of this.#observers) observer.audioFrame(frame);
    this.playback.received(frame.durationMs);
    this.#handler.audioFrame(frame);
  }

  message(text: string): void {
    for (const observer of this.#observers) observer.message(text);
    const whole = this.#takeMessage ? this.#takeMessage(text) : text;
    if (whole === undefined) return;
    if (this.#state === "connected") this.#handler.message(whole);
    this.sendMessage({ type: "log", data: `Server received: ${whole.slice(0, MAX_ECHOED_LENGTH)}` });
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
    this.trace?.failed(error);
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
      waitingInMs: this.#handler.waitingMs,
      waitingOutMs: this.playback.waitingMs,
    });
  }

  key(digit: string): void {
    if (this.#state === "connected") this.#handler.key(digit);
  }

  /** Has the handler answer now; false when it is of a kind that cannot. */
  triggerResponse(): boolean {
    return this.#handler.triggerResponse();
  }

  /** Ends the session; resolves when its transport is closed. Harmless when repeated. */
  async end(reason: CloseReason, farewell = closeMessage(reason)): Promise<void> {
    if (this.#state !== "ended") {
      this.#state = "ended";
      this.#deadlines.end();
      this.#logger.info(`session ${this.id} ended: ${reason}`);
      if (farewell) this.sendMessage({ type: "end_stream", data: farewell });
      this.continuity.end();
      this.#abort.abort(reason);
      this.#handler.stop();
      this.playback.end();
      this.outputs.end();
      this.#closed = this.#transport?.close();
      this.trace?.ended(reason);
      this.#onEnd(this, reason);
      for (const observer of this.#observers) observer.ended(reason);
      this.#handler.close();
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

  #endSoon(reason: CloseReason, farewell?: string): void {
    this.end(reason, farewell).catch((thrown: unknown) =>
      this.#logger.error(`session ${this.id} could not be closed cleanly:`, toError(thrown)),
    );
  }
}
