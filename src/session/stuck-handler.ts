import type { Logger } from "./logger.ts";

/** How long a handler may keep one picture, or piece of sound, before the log says so, in milliseconds. */
const STUCK_MS = 10_000;

/** Tells the log, once a session, of a handler that does not return. It is asked with what comes meanwhile, and has no timer. */
export class StuckHandler {
  readonly #id: string;
  readonly #logger: Logger;
  #hasWarned = false;

  constructor(id: string, logger: Logger) {
    this.#id = id;
    this.#logger = logger;
  }

  /**
   * @param heldMs How long the handler has had what it was given.
   * @param loss What that means for the peer, in words for the log.
   */
  note(heldMs: number, loss: string): void {
    if (heldMs < STUCK_MS || this.#hasWarned) return;
    this.#hasWarned = true;
    this.#logger.warn(
      `the handler of session ${this.#id} has not returned for ${STUCK_MS / 1000} s, so that ${loss}. ` +
        "Give what it waits for a time limit, such as AbortSignal.timeout(5000), or check that it always returns.",
    );
  }
}
