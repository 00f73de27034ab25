import type { CloseReason } from "./close-reason.ts";
import type { Session } from "./session.ts";

/** Why a peer may not come in. */
export type Refusal =
  | { readonly type: "connection_already_exists" }
  | { readonly type: "concurrency_limit_reached"; readonly limit: number }
  /** Nobody new comes in: the server is about to stop. */
  | { readonly type: "server_draining" };

/** Whether a peer may come in, and if not, why. */
export type Admission = { readonly type: "admitted"; readonly session: Session } | Refusal;

/** The sessions of one Stream, and the places that they take. */
export class SessionRegistry {
  readonly #sessions = new Map<string, Session>();
  readonly #limit: number;
  readonly #onRefused: (refusal: Refusal) => void;
  #refusesAll = false;
  /** Sessions that have left their place and whose connections are being closed. */
  readonly #closing = new Set<Promise<void>>();
  /** Who waits for the last session to leave. */
  readonly #onEmpty = new Set<() => void>();

  /**
   * @param limit How many sessions there may be at once; `Infinity` for any number.
   * @param onRefused Told of every peer that cannot come in.
   */
  constructor(limit: number, onRefused: (refusal: Refusal) => void = () => {}) {
    this.#limit = limit;
    this.#onRefused = onRefused;
  }

  /** All of them. */
  get sessions(): Iterable<Session> {
    return this.#sessions.values();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** How many of the sessions are connected. */
  get connectedCount(): number {
    let count = 0;
    for (const session of this.#sessions.values()) if (session.state === "connected") count += 1;
    return count;
  }

  get limit(): number {
    return this.#limit;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Why a peer cannot come in just now; undefined if it can. */
  refuses(id: string): Refusal | undefined {
    const refusal = this.#refusalFor(id);
    if (refusal) this.#onRefused(refusal);
    return refusal;
  }

  #refusalFor(id: string): Refusal | undefined {
    if (this.#refusesAll) return { type: "server_draining" };
    if (this.#sessions.has(id)) return { type: "connection_already_exists" };
    if (this.#sessions.size >= this.#limit && !this.#givingWay())
      return { type: "concurrency_limit_reached", limit: this.#limit };
    return undefined;
  }

  /** Admits a peer with the session that `create` makes; `leave` must be called when that ends. */
  admit(id: string, create: () => Session): Admission {
    const refused = this.refuses(id);
    if (refused) return refused;
    if (this.#sessions.size >= this.#limit) this.#givingWay()?.continuity.giveWay();
    const session = create();
    this.#sessions.set(id, session);
    return { type: "admitted", session };
  }

  /** Frees the session's place. */
  leave(session: Session): void {
    if (this.#sessions.get(session.id) !== session) return;
    this.#sessions.delete(session.id);
    const forget = (): void => void this.#closing.delete(closing);
    // It has ended: this is the end of its connection alone. If that fails, whoever ended the session is told.
    const closing = session.end("server-stopped").then(forget, forget);
    this.#closing.add(closing);
    if (this.#sessions.size > 0) return;
    for (const resolve of this.#onEmpty) resolve();
    this.#onEmpty.clear();
  }

  /** Lets nobody in from now on; those who are there stay. */
  refuseAll(): void {
    this.#refusesAll = true;
  }

  /** Whether it lets nobody in. */
  get isDraining(): boolean {
    return this.#refusesAll;
  }

  /** Resolves once no session has a place. */
  emptied(): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.add(resolve));
  }

  /** Resolves once the connections of those that have left are closed. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  /** The session that has the least right to its place, if any can do without: its peer is lost. */
  #givingWay(): Session | undefined {
    for (const session of this.#sessions.values()) if (session.continuity.givesWay) return session;
    return undefined;
  }

  /** Ends every session. */
  async endAll(reason: CloseReason): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.end(reason)));
  }
}
