import type { Clock } from "../async/clock.ts";

/** How often a peer is checked on, in milliseconds; one that said nothing since the last time is asked for a sign of life. */
const CHECK_EVERY_MS = 2000;
/** After so many checks without one it counts as gone: 6 to 8 s after it was heard last. */
const MAX_QUIET_CHECKS = 3;

export interface SocketLivenessOptions {
  readonly clock: Clock;
  /** Asks the peer for a sign of life. */
  readonly ping: () => void;
  /** Called once, when the peer has been silent for too long. */
  readonly onSilence: () => void;
}

/**
 * Notices a peer that vanished without closing its connection: a lost network, a machine that was switched off. TCP
 * alone takes a quarter of an hour for that. Who sends audio is not asked; browsers answer for a page that is busy.
 */
export class SocketLiveness {
  readonly #options: SocketLivenessOptions;
  #heard = true;
  #quietChecks = 0;
  #cancel: () => void;

  constructor(options: SocketLivenessOptions) {
    this.#options = options;
    this.#cancel = this.#schedule();
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    this.#cancel();
  }

  /** Silence is counted in checks, not read from the clock: while the event loop is busy, messages wait unread behind it. */
  #schedule(): () => void {
    return this.#options.clock.after(CHECK_EVERY_MS, () => {
      this.#quietChecks = this.#heard ? 0 : this.#quietChecks + 1;
      if (this.#quietChecks >= MAX_QUIET_CHECKS) {
        this.#options.onSilence();
        return;
      }
      if (!this.#heard) this.#options.ping();
      this.#heard = false;
      this.#cancel = this.#schedule();
    });
  }
}
