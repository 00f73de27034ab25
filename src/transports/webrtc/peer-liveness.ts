import type { Clock } from "../../async/clock.ts";

const CHECK_EVERY_MS = 500;
/** How many checks lie between two calls of `onQuiet`. */
const QUIET_CHECKS = 4;

export interface PeerLivenessOptions {
  readonly clock: Clock;
  /** After how long without a packet a peer counts as gone, in milliseconds, in steps of 500. */
  readonly silenceMs: number;
  /** Called every two seconds while nothing is heard: a chance to ask for a sign. */
  readonly onQuiet?: () => void;
  /** Called once, when nothing has been heard for too long. */
  readonly onSilence: () => void;
}

/**
 * Notices a peer that has vanished without a word: a killed browser, a lost network. ICE consent (RFC 7675)
 * takes half a minute for that; a browser in a call sends RTP or RTCP every few seconds at least.
 */
export class PeerLiveness {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #onQuiet: (() => void) | undefined;
  readonly #onSilence: () => void;
  #quietChecks = 0;
  #heard = false;
  #cancel: (() => void) | undefined;

  constructor({ clock, silenceMs, onQuiet, onSilence }: PeerLivenessOptions) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#onQuiet = onQuiet;
    this.#onSilence = onSilence;
  }

  /** Begins to watch. */
  start(): void {
    this.#heard = true;
    this.#schedule();
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /**
   * Silence is counted in checks, not read from the clock: when the event loop was busy for ten seconds,
   * packets wait unread behind this timer, and the peer is not to blame.
   */
  #schedule(): void {
    this.#cancel = this.#clock.after(CHECK_EVERY_MS, () => {
      this.#quietChecks = this.#heard ? 0 : this.#quietChecks + 1;
      this.#heard = false;
      if (this.#quietChecks * CHECK_EVERY_MS >= this.#silenceMs) {
        this.#onSilence();
        return;
      }
      if (this.#quietChecks > 0 && this.#quietChecks % QUIET_CHECKS === 0) this.#onQuiet?.();
      this.#schedule();
    });
  }
}
