import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";

/** How long after the webhook a WebSocket may be opened, in milliseconds: a greeting is spoken in between. */
const LIFETIME_MS = 120_000;
/** How many that were used are remembered until they expire. When there are more, nobody new comes in for that long. */
const MAX_USED = 100_000;
const SIGNATURE_LENGTH = 32;

/** The parameter of a stream that holds its ticket: letters alone, since not every company lets more pass. */
export const TICKET_PARAMETER = "fastrtcTicket";

/**
 * Tickets for the WebSockets of companies that sign their webhooks but not these: the answer to a webhook holds one, the WebSocket shows
 * it. Each is good once, for two minutes. Letters and digits only.
 */
export class StreamTickets {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  /** Tickets that were shown, with the time at which they expire, the oldest first. */
  readonly #used = new Map<string, number>();

  /** @param secret What all processes behind one address know; undefined when there is one alone. */
  constructor(secret: string | undefined, clock: Clock = systemClock) {
    this.#key = secret === undefined ? randomBytes(32) : createHash("sha256").update(`ticket ${secret}`).digest();
    this.#clock = clock;
  }

  issue(): string {
    const expiry = Math.round(this.#clock.wallMs() + LIFETIME_MS);
    const text = `${expiry.toString(36)}x${randomBytes(12).toString("hex")}`;
    return `${text}x${this.#sign(text)}`;
  }

  /** Whether a ticket is one of ours, in time, and shown for the first time. */
  take(ticket: string | undefined): boolean {
    const match = /^(([0-9a-z]{1,12})x[0-9a-f]{24})x([0-9a-f]{32})$/.exec(ticket ?? "");
    const [, text = "", expiry = "", signature = ""] = match ?? [];
    if (!match || !timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(text)))) return false;
    const nowMs = this.#clock.wallMs();
    for (const [used, expiresMs] of this.#used) {
      if (expiresMs > nowMs) break;
      this.#used.delete(used);
    }
    const expiresMs = Number.parseInt(expiry, 36);
    if (expiresMs <= nowMs || this.#used.has(text) || this.#used.size >= MAX_USED) return false;
    this.#used.set(text, expiresMs);
    return true;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("hex").slice(0, SIGNATURE_LENGTH);
  }
}
