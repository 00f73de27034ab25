import type { Clock } from "../async/clock.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { CloseReason } from "./close-reason.ts";
import type { Transport, TransportEvents } from "./transport.ts";

/** How long the new transport may take to connect, in milliseconds. */
const CONNECT_TIMEOUT_MS = 15_000;

export interface TakeoverOptions {
  readonly clock: Clock;
  /** What the transport tells once it carries the session. */
  readonly events: TransportEvents;
  /** The new transport is connected: it carries the session from now on. */
  readonly onConnected: (transport: Transport) => void;
  /** Closes a transport that is not needed. */
  readonly discard: (transport: Transport) => void;
}

/**
 * A new transport on its way to take over a session from the one that carried it. Until it is connected the session knows
 * nothing of it, so that a try that fails costs nothing.
 */
export class Takeover implements TransportEvents {
  readonly #options: TakeoverOptions;
  readonly #cancelTimeout: () => void;
  #phase: "pending" | "current" | "over" = "pending";
  #connected = false;
  #transport: Transport | undefined;

  constructor(options: TakeoverOptions) {
    this.#options = options;
    this.#cancelTimeout = options.clock.after(CONNECT_TIMEOUT_MS, () => this.abandon());
  }

  /** Whether it is under way still. */
  get isPending(): boolean {
    return this.#phase === "pending";
  }

  /** Gives it the transport; one that comes too late is closed. */
  attach(transport: Transport): void {
    this.#transport = transport;
    if (this.#phase === "over") this.#options.discard(transport);
    else if (this.#connected) this.#begin(transport);
  }

  /** Ends it: the try has failed, or another one takes its place. Harmless when repeated, and without effect once it has succeeded. */
  abandon(): void {
    if (this.#phase !== "pending") return;
    this.#phase = "over";
    this.#cancelTimeout();
    if (this.#transport) this.#options.discard(this.#transport);
  }

  /** Another transport carries the session now. */
  retire(): void {
    this.#phase = "over";
    this.#cancelTimeout();
  }

  progress(): void {
    // A try has its own time.
  }

  connected(): void {
    this.#connected = true;
    if (this.#transport && this.#phase === "pending") this.#begin(this.#transport);
  }

  videoFrame(frame: VideoFrame, isOvertaken?: boolean): void {
    if (this.#phase === "current") this.#options.events.videoFrame(frame, isOvertaken);
    else frame.release();
  }

  audioFrame(frame: AudioFrame): void {
    if (this.#phase === "current") this.#options.events.audioFrame(frame);
  }

  message(text: string): void {
    if (this.#phase === "current") this.#options.events.message(text);
  }

  key(digit: string): void {
    if (this.#phase === "current") this.#options.events.key(digit);
  }

  closed(reason: CloseReason): void {
    if (this.#phase === "current") this.#options.events.closed(reason);
    else this.abandon();
  }

  failure(error: Error): void {
    if (this.#phase === "current") this.#options.events.failure(error);
  }

  #begin(transport: Transport): void {
    this.#phase = "current";
    this.#cancelTimeout();
    this.#options.onConnected(transport);
  }
}
