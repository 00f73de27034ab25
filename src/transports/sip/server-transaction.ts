import type { Clock } from "../../async/clock.ts";
import type { SipRequest } from "../../protocol/sip/sip-message.ts";
import { type SipReply, writeSipResponse } from "../../protocol/sip/write-sip-message.ts";
import { Resending } from "./resending.ts";
import type { SipAddress } from "./sip-address.ts";
import { T4_MS, TRANSACTION_MS } from "./sip-timers.ts";

export interface ServerTransactionOptions {
  readonly request: SipRequest;
  /** Where the request came from. */
  readonly source: SipAddress;
  readonly clock: Clock;
  /** Sends to where responses go. */
  readonly send: (bytes: Uint8Array) => void;
  /** Called once, when nothing more can come of it. */
  readonly onEnd: () => void;
}

/**
 * A request that came in, and its answers: they are sent again as long as the network may have lost them, and the request is
 * taken but once (RFC 3261 §17.2, RFC 6026).
 */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly source: SipAddress;
  /** Called when the caller takes an INVITE back that has no final answer. */
  onCancel: () => void = () => {};
  /** Called when a final answer to an INVITE was acknowledged; `false` when no ACK came in time. */
  onAcknowledged: (came: boolean) => void = () => {};
  readonly #options: ServerTransactionOptions;
  readonly #resending: Resending;
  #state: "open" | "answered" | "acknowledged" | "ended" = "open";
  #last: Uint8Array | undefined;
  #cancelTimer: () => void = () => {};

  constructor(options: ServerTransactionOptions) {
    const { request, source, clock } = options;
    this.request = request;
    this.source = source;
    this.#options = options;
    this.#resending = new Resending({ clock, send: () => this.#sendLast() });
  }

  get isInvite(): boolean {
    return this.request.method === "INVITE";
  }

  /** Whether it waits for a final answer. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Answers. After a final answer nothing more is sent. */
  respond(reply: SipReply): void {
    if (this.#state !== "open") return;
    const { request, source, clock } = this.#options;
    this.#last = writeSipResponse(request, reply);
    this.#sendLast();
    if (reply.status < 200) return;
    this.#state = "answered";
    const isReliable = source.transport === "tcp";
    if (!this.isInvite) {
      this.#endAfter(isReliable ? 0 : TRANSACTION_MS);
      return;
    }
    // The hops between may lose a success even where our own connection loses nothing (RFC 3261 §13.3.1.4).
    if (!isReliable || reply.status < 300) this.#resending.start();
    this.#cancelTimer = clock.after(TRANSACTION_MS, () => {
      this.end();
      this.onAcknowledged(false);
    });
  }

  /** The request came again. */
  repeated(): void {
    if (this.#state === "acknowledged") return;
    this.#sendLast();
  }

  /** An ACK came: to this INVITE's refusal, or to its success. */
  acknowledged(): void {
    if (this.#state !== "answered") return;
    this.#state = "acknowledged";
    this.#resending.stop();
    this.#cancelTimer();
    this.#endAfter(this.source.transport === "tcp" ? 0 : T4_MS);
    this.onAcknowledged(true);
  }

  /** Forgets it. Harmless when repeated. */
  end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#resending.stop();
    this.#cancelTimer();
    this.#options.onEnd();
  }

  #endAfter(ms: number): void {
    if (ms === 0) this.end();
    else this.#cancelTimer = this.#options.clock.after(ms, () => this.end());
  }

  #sendLast(): void {
    if (this.#last) this.#options.send(this.#last);
  }
}
