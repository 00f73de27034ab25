import type { Clock } from "../async/clock.ts";
import type { CloseReason } from "./close-reason.ts";

/** How long a peer may take from its offer to a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;
/** How long a peer may stay silent meanwhile: a tab that was closed must not keep its place, in milliseconds. */
const CONNECT_SILENCE_MS = 9000;

/** How long a session may take to connect, and to last. They begin to count when it is made. */
export class SessionDeadlines {
  readonly #clock: Clock;
  readonly #onPassed: (reason: CloseReason) => void;
  #cancelLimit: () => void;
  #cancelSilence: () => void;

  constructor(clock: Clock, onPassed: (reason: CloseReason) => void) {
    this.#clock = clock;
    this.#onPassed = onPassed;
    this.#cancelLimit = clock.after(CONNECT_TIMEOUT_MS, () => onPassed("connect-timeout"));
    this.#cancelSilence = this.#awaitProgress();
  }

  /** The peer was heard of while it connects. */
  progress(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#awaitProgress();
  }

  /** @param timeLimit seconds that it may last from now on. @default any time */
  connected(timeLimit?: number): void {
    this.end();
    if (timeLimit !== undefined) {
      this.#cancelLimit = this.#clock.after(timeLimit * 1000, () => this.#onPassed("time-limit"));
    }
  }

  /** None of them counts any more. Harmless when repeated. */
  end(): void {
    this.#cancelLimit();
    this.#cancelSilence();
  }

  #awaitProgress(): () => void {
    return this.#clock.after(CONNECT_SILENCE_MS, () => this.#onPassed("connect-timeout"));
  }
}
