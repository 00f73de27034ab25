import type { Clock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import type { CloseReason } from "./close-reason.ts";
import type { Logger } from "./logger.ts";
import { Takeover } from "./takeover.ts";
import type { Transport, TransportEvents } from "./transport.ts";

/** How long a session waits for a lost peer to come back, in milliseconds. */
const GRACE_MS = 20_000;
/**
 * How long its place is kept even if another peer wants it, in milliseconds. Silence is noticed after 8.5 s at most, so that the place of a
 * killed client is there for others after 10 s, whatever it asked for.
 */
const KEPT_MS = 1500;
/** How many messages wait for a lost peer; the oldest go first. */
const MAX_MESSAGES = 64;

export interface ContinuityOptions {
  /** The session's, for the log. */
  readonly id: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What a transport that has taken over tells. */
  readonly events: TransportEvents;
  /** Has this transport carry the session; returns the one that did. */
  readonly replace: (transport: Transport) => Transport | undefined;
  /** The peer did not come back, or another needs its place. */
  readonly onGone: (reason: CloseReason) => void;
}

/**
 * Lets a session outlive its transport: it waits for a peer whose network broke, when that has asked for it,
 * and goes over to the peer's new transport. Peers that did not ask, or said goodbye, are not waited for.
 */
export class Continuity {
  readonly #options: ContinuityOptions;
  readonly #messages: ServerMessage[] = [];
  #allowed = false;
  #lost: { readonly atMs: number; readonly reason: CloseReason; readonly cancel: () => void } | undefined;
  /** A new transport on its way. */
  #coming: Takeover | undefined;
  /** The takeover whose transport carries the session, after the first one. */
  #current: Takeover | undefined;
  #ended = false;

  constructor(options: ContinuityOptions) {
    this.#options = options;
  }

  /** The peer has asked to be waited for. */
  allow(): void {
    this.#allowed = true;
  }

  /** Whether a peer that needs the place may have it: see `giveWay`. */
  get givesWay(): boolean {
    return this.#lost !== undefined && this.#options.clock.nowMs() - this.#lost.atMs >= KEPT_MS;
  }

  /** Stops waiting: another peer gets the place. */
  giveWay(): void {
    if (this.#lost) this.#options.onGone(this.#lost.reason);
  }

  /** The transport is gone; returns whether the peer is waited for. */
  lost(transport: Transport | undefined, reason: CloseReason): boolean {
    if (this.#lost) return true;
    // A peer that is on its way to a new connection may say goodbye to the old one first.
    const broke =
      reason === "peer-silent" ||
      reason === "connection-failed" ||
      (reason === "peer-left" && this.#coming?.isPending === true);
    if (!this.#allowed || !broke || this.#ended) return false;
    const { id, clock, logger, onGone } = this.#options;
    this.#lost = { atMs: clock.nowMs(), reason, cancel: clock.after(GRACE_MS, () => onGone(reason)) };
    logger.info(`session ${id} interrupted: ${reason}`);
    // It stays until the next one comes: what it is given meanwhile is lost, in its time.
    if (transport) this.#discard(transport);
    return true;
  }

  /** Keeps a message for the peer's return; false when it is there to hear it. */
  keep(message: ServerMessage): boolean {
    if (!this.#lost) return false;
    this.#messages.push(message);
    if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
    return true;
  }

  /** Begins to replace the transport by a new one, which tells the takeover what it would tell the session. */
  begin(): Takeover {
    this.#coming?.abandon();
    const takeover = new Takeover({
      clock: this.#options.clock,
      events: this.#options.events,
      onConnected: (transport) => this.#takenOver(takeover, transport),
      discard: (transport) => this.#discard(transport),
    });
    this.#coming = takeover;
    if (this.#ended) takeover.abandon();
    return takeover;
  }

  /** The session is over. */
  end(): void {
    this.#ended = true;
    this.#coming?.abandon();
    this.#lost?.cancel();
    this.#lost = undefined;
    this.#messages.length = 0;
  }

  #takenOver(takeover: Takeover, transport: Transport): void {
    this.#current?.retire();
    this.#current = takeover;
    const wasLost = this.#lost;
    wasLost?.cancel();
    this.#lost = undefined;
    const before = this.#options.replace(transport);
    this.#options.logger.info(`session ${this.#options.id} taken over by a new connection`);
    for (const message of this.#messages.splice(0)) transport.sendMessage(message);
    if (before && !wasLost) this.#discard(before);
  }

  #discard(transport: Transport): void {
    transport
      .close()
      .catch((thrown: unknown) =>
        this.#options.logger.error(
          `a connection of session ${this.#options.id} could not be closed cleanly:`,
          toError(thrown),
        ),
      );
  }
}
