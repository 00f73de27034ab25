import type { Clock } from "../async/clock.ts";
import { WebRTCError } from "../errors.ts";
import type { Logger } from "./logger.ts";

/** How long the same error is only counted after it was reported, in milliseconds. */
const QUIET_MS = 1000;
/** How many different errors are told apart at once; beyond it the oldest is forgotten. */
const MAX_KNOWN = 16;

export interface ErrorReporterOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Tells the peer. */
  readonly tell: (message: string) => void;
}

/**
 * Reports a handler's errors to the log, with their stacks unless they are meant for the peer, and to the peer. A handler that throws on every frame would
 * write thirty stacks a second: the same message is reported at most once a second, with the count of those between.
 */
export class ErrorReporter {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #tell: (message: string) => void;
  readonly #known = new Map<string, { reportedAtMs: number; unreported: number }>();

  constructor({ logger, clock, tell }: ErrorReporterOptions) {
    this.#logger = logger;
    this.#clock = clock;
    this.#tell = tell;
  }

  report(error: Error): void {
    const nowMs = this.#clock.nowMs();
    const key = `${error.name}: ${error.message}`;
    const known = this.#known.get(key);
    if (known && nowMs - known.reportedAtMs < QUIET_MS) {
      known.unreported += 1;
      return;
    }
    const again = known?.unreported ? ` (and ${known.unreported} times before)` : "";
    this.#known.delete(key);
    this.#known.set(key, { reportedAtMs: nowMs, unreported: 0 });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    // Meant for the peer: where it was thrown is no news to whoever threw it.
    if (error instanceof WebRTCError) this.#logger.error(`the handler told the peer${again}: ${error.message}`);
    else this.#logger.error(`the handler failed${again}:`, error);
    this.#tell(error.message || error.name);
  }
}
