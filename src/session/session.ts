import { BoundedQueue } from "../async/bounded-queue.ts";
import { type Clock, systemClock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { type CloseReason, closeMessage } from "./close-reason.ts";
import { ErrorReporter } from "./error-reporter.ts";
import type { Logger } from "./logger.ts";
import type { HandlerSession, PeerHandler } from "./peer-handler.ts";
import type { Transport, TransportEvents } from "./transport.ts";

/** How long a peer may take from its offer to a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;
/** How long a peer may stay silent meanwhile: a tab that was closed must not keep its place, in milliseconds. */
const CONNECT_SILENCE_MS = 9_000;

export interface SessionOptions {
  /** The peer's `webrtc_id`. */
  readonly id: string;
  readonly handler: PeerHandler;
  /** Seconds from the connection to the end of the session. @default no limit */
  readonly timeLimit?: number | undefined;
  readonly logger: Logger;
  /** Called once, the moment the session ends: its place is free again. */
  readonly onEnd: (session: Session, reason: CloseReason) => void;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

export type SessionState = "connecting" | "connected" | "ended";

/**
 * One connected peer: its handler, the pump between handler and transport, and its lifetime.
 * Whatever ends it - the peer, the network, a limit, the server - goes through `end`, once.
 */
export class Session implements TransportEvents, HandlerSession {
  readonly id: string;
  readonly #handler: PeerHandler;
  readonly #timeLimit: number | undefined;
  readonly #logger: Logger;
  readonly #onEnd: (session: Session, reason: CloseReason) => void;
  readonly #clock: Clock;
  readonly #errors: ErrorReporter;
  readonly #abort = new AbortController();
  // Newest frame wins: while the handler is busy only the latest picture waits.
  readonly #video = new BoundedQueue<VideoFrame>({
    capacity: 1,
    overflow: "drop-oldest",
    onDrop: (frame) => frame.release(),
  });
  #state: SessionState = "connecting";
  #transport: Transport | undefined;
  #closed: Promise<void> | undefined;
  #cancelTimer: () => void;
  #cancelSilenceTimer: () => void;

  constructor({ id, handler, timeLimit, logger, onEnd, clock = systemClock }: SessionOptions) {
    this.id = id;
    this.#handler = handler;
    this.#timeLimit = timeLimit;
    this.#logger = logger;
    this.#onEnd = onEnd;
    this.#clock = clock;
    this.#errors = new ErrorReporter({
      logger,
      clock,
      tell: (data) => this.#transport?.sendMessage({ type: "error", data }),
    });
    this.#cancelTimer = clock.after(CONNECT_TIMEOUT_MS, () => this.#endSoon("connect-timeout"));
    this.#cancelSilenceTimer = this.#awaitProgress();
  }

  get state(): SessionState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get transport(): Transport | undefined {
    return this.#transport;
  }

  /** Gives the session what carries it; a session that has already ended closes it at once. */
  attach(transport: Transport): void {
    this.#transport = transport;
    if (this.#state === "ended") this.#closed = transport.close();
  }

  progress(): void {
    if (this.#state !== "connecting") return;
    this.#cancelSilenceTimer();
    this.#cancelSilenceTimer = this.#awaitProgress();
  }

  connected(): void {
    if (this.#state !== "connecting") return;
    this.#state = "connected";
    this.#cancelTimer();
    this.#cancelSilenceTimer();
    if (this.#timeLimit !== undefined) {
      this.#cancelTimer = this.#clock.after(this.#timeLimit * 1000, () => this.#endSoon("time-limit"));
    }
    this.#logger.info(`session ${this.id} connected`);
    this.#pumpVideo().catch((thrown: unknown) => this.reportError(toError(thrown)));
  }

  videoFrame(frame: VideoFrame): void {
    this.#video.push(frame);
  }

  message(text: string): void {
    this.#transport?.sendMessage({ type: "log", data: `Server received: ${text}` });
  }

  closed(reason: CloseReason): void {
    this.#endSoon(reason);
  }

  failure(error: Error): void {
    this.reportError(error);
  }

  reportError(error: Error): void {
    this.#errors.report(error);
  }

  /** Ends the session; resolves when its transport is closed. Harmless when repeated. */
  async end(reason: CloseReason): Promise<void> {
    if (this.#state !== "ended") {
      this.#state = "ended";
      this.#cancelTimer();
      this.#cancelSilenceTimer();
      this.#logger.info(`session ${this.id} ended: ${reason}`);
      const farewell = closeMessage(reason);
      if (farewell) this.#transport?.sendMessage({ type: "end_stream", data: farewell });
      this.#abort.abort(reason);
      this.#video.end();
      this.#closed = this.#transport?.close();
      this.#onEnd(this, reason);
    }
    await this.#closed;
  }

  #awaitProgress(): () => void {
    return this.#clock.after(CONNECT_SILENCE_MS, () => this.#endSoon("connect-timeout"));
  }

  #endSoon(reason: CloseReason): void {
    this.end(reason).catch((thrown: unknown) =>
      this.#logger.error(`session ${this.id} could not be closed cleanly:`, toError(thrown)),
    );
  }

  async #pumpVideo(): Promise<void> {
    for await (const frame of this.#handler.video(this.#video, this)) {
      if (this.#state === "ended") return;
      try {
        await this.#transport?.sendVideo(frame);
      } catch (thrown) {
        this.reportError(toError(thrown)); // A frame that was already released, or an encoder that failed: the next one may do.
      }
    }
    await this.end("handler-ended");
  }
}
