import type { Timer } from "../async/clock.ts";
import { ClientError } from "./client-error.ts";

/** How long a broken connection is tried to be made anew, in milliseconds: as long as the server waits for its peer. */
const GIVE_UP_MS = 20_000;
/** How long one try may take. */
const TRY_MS = 6000;
/** How long after a try that failed the next one begins; doubled each time. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

export interface ReconnectionOptions {
  readonly clock: Timer;
  /** Begins a try; the signal ends it. It rejects when that has failed, and never when it has come about: `succeeded` says so. */
  readonly attempt: (signal: AbortSignal) => Promise<void>;
  /** No try succeeded, or one was refused for good. */
  readonly onGivenUp: (error: ClientError) => void;
}

/** The tries to go on with a session over a new connection, one after the other, until one succeeds or time is up. */
export class Reconnection {
  readonly #options: ReconnectionOptions;
  readonly #cancelDeadline: () => void;
  #pauseMs = FIRST_PAUSE_MS;
  #try: AbortController | undefined;
  #cancelTimer: (() => void) | undefined;
  #over = false;

  constructor(options: ReconnectionOptions) {
    this.#options = options;
    this.#cancelDeadline = options.clock.after(GIVE_UP_MS, () =>
      this.#giveUp(new ClientError("connection_lost", "The connection was lost, and could not be made anew.")),
    );
    this.#begin();
  }

  /** The network has changed: what is under way may be hopeless, and a pause is in vain. */
  hurry(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#begin();
  }

  /** The try under way did not come about. */
  failed(): void {
    this.#try?.abort();
    this.#cancelTimer?.();
    if (this.#over) return;
    this.#cancelTimer = this.#options.clock.after(this.#pauseMs, () => this.#begin());
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** Ends it without a word: a try has come about, or the connection is closed. The try's own signal stays quiet when it came about. */
  end({ succeeded = false }: { readonly succeeded?: boolean } = {}): void {
    this.#over = true;
    this.#cancelDeadline();
    this.#cancelTimer?.();
    if (!succeeded) this.#try?.abort();
  }

  #begin(): void {
    this.#try?.abort();
    this.#cancelTimer?.();
    if (this.#over) return;
    const controller = new AbortController();
    this.#try = controller;
    this.#cancelTimer = this.#options.clock.after(TRY_MS, () => this.failed());
    this.#options.attempt(controller.signal).catch((thrown: unknown) => {
      if (controller.signal.aborted) return;
      // The server knows the session no more, or has other reasons that time does not mend.
      if (thrown instanceof ClientError && thrown.code === "refused") this.#giveUp(lostBy(thrown));
      else this.failed();
    });
  }

  #giveUp(error: ClientError): void {
    if (this.#over) return;
    this.end();
    this.#options.onGivenUp(error);
  }
}

function lostBy(cause: ClientError): ClientError {
  return new ClientError(
    "connection_lost",
    "The connection was lost, and the server has ended the session meanwhile.",
    {
      cause,
      refusal: cause.refusal,
    },
  );
}
