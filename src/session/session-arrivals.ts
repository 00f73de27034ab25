import type { Clock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import type { Session } from "./session.ts";

/** How long a session is waited for that has not begun, in milliseconds. */
const MAX_WAIT_MS = 30_000;
/** How many may wait at once: anyone can ask for sessions that will never be. */
const MAX_WAITING = 1000;
/** How many sessions that have ended are remembered. */
const MAX_ENDED = 1000;

interface Waiting {
  readonly id: string;
  readonly settle: (session: Session | undefined) => void;
}

/** Lets a front end ask for something of a session before its offer has been handled: the two requests may pass each other. */
export class SessionArrivals {
  readonly #clock: Clock;
  readonly #find: (id: string) => Session | undefined;
  readonly #waiting = new Set<Waiting>();
  readonly #ended = new Set<string>();

  constructor({ clock, find }: { readonly clock: Clock; readonly find: (id: string) => Session | undefined }) {
    this.#clock = clock;
    this.#find = find;
  }

  /** A session has begun. */
  arrived(session: Session): void {
    this.#ended.delete(session.id);
    for (const { id, settle } of [...this.#waiting]) if (id === session.id) settle(session);
  }

  /** A session has ended. */
  left({ id }: Session): void {
    this.#ended.add(id);
    const [oldest] = this.#ended;
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** Whether there was a session with this id and there is none now, as far as is remembered. */
  hasLeft(id: string): boolean {
    return this.#ended.has(id);
  }

  /**
   * The session with this id, now or within 30 seconds; undefined when it has ended already.
   * @throws {FastRtcError} `unknown_connection` when it does not begin, or 1000 are waited for already.
   */
  async wait(id: string, signal?: AbortSignal): Promise<Session | undefined> {
    const present = this.#find(id);
    if (present || this.#ended.has(id) || signal?.aborted) return present;
    const session = this.#waiting.size < MAX_WAITING ? await this.#arrival(id, signal) : undefined;
    if (session || signal?.aborted) return session;
    throw unknownConnection(id);
  }

  #arrival(id: string, signal: AbortSignal | undefined): Promise<Session | undefined> {
    return new Promise((resolve) => {
      const settle = (session?: Session): void => {
        this.#waiting.delete(waiting);
        signal?.removeEventListener("abort", giveUp);
        cancel();
        resolve(session);
      };
      const giveUp = (): void => settle();
      const cancel = this.#clock.after(MAX_WAIT_MS, giveUp);
      const waiting = { id, settle };
      this.#waiting.add(waiting);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }
}

/** The error for an id that no session has. */
export function unknownConnection(id: string): FastRtcError {
  const named = JSON.stringify(id)?.slice(0, 80);
  return new FastRtcError("unknown_connection", `There is no connection with the webrtc_id ${named}.`);
}
