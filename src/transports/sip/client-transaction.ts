import type { Clock } from "../../async/clock.ts";
import type { SipResponse } from "../../protocol/sip/sip-message.ts";
import { Resending } from "./resending.ts";
import { T4_MS, TRANSACTION_MS } from "./sip-timers.ts";

/** How long after the end answers of an INVITE may come again: timer D (RFC 3261 §17.1.1.2). */
const REFUSED_AGAIN_MS = 32_000;

/** What became of a request: an answer; none in time; or it could not be sent. */
export type ClientOutcome =
  | { readonly type: "response"; readonly response: SipResponse }
  | { readonly type: "timeout" }
  | { readonly type: "failed"; readonly error: Error };

export interface ClientTransactionOptions {
  readonly bytes: Uint8Array;
  readonly isInvite: boolean;
  readonly isReliable: boolean;
  readonly clock: Clock;
  readonly send: (bytes: Uint8Array) => void;
  /** The ACK that answers a refusal of an INVITE, which goes the same way (RFC 3261 §17.1.1.3). */
  readonly acknowledge: (response: SipResponse) => Uint8Array;
  /** Called for each answer on the way, for the last one, and for a success of an INVITE whenever that comes again. */
  readonly onOutcome: (outcome: ClientOutcome) => void;
  /** Called once, when nothing more can come of it. */
  readonly onEnd: () => void;
}

/** A request that was sent: again and again as long as no answer comes (RFC 3261 §17.1, RFC 6026). */
export class ClientTransaction {
  readonly #options: ClientTransactionOptions;
  readonly #resending: Resending;
  #state: "calling" | "proceeding" | "accepted" | "refused" | "ended" = "calling";
  #cancelTimer: () => void = () => {};

  constructor(options: ClientTransactionOptions) {
    const { clock, bytes, isInvite, send } = options;
    this.#options = options;
    this.#resending = new Resending({ clock, send: () => send(bytes), ...(isInvite && { mostMs: Infinity }) });
  }

  /** Whether its last answer has not come. */
  get isOpen(): boolean {
    return this.#state === "calling" || this.#state === "proceeding";
  }

  /** Sends it. */
  start(): void {
    const { bytes, isReliable, clock, send, onOutcome } = this.#options;
    if (!isReliable) this.#resending.start();
    this.#cancelTimer = clock.after(TRANSACTION_MS, () => {
      this.end();
      onOutcome({ type: "timeout" });
    });
    send(bytes);
  }

  /** Takes an answer to it. */
  receive(response: SipResponse): void {
    const { isInvite, isReliable, send, acknowledge, onOutcome } = this.#options;
    const { status } = response;
    if (this.#state === "ended") return;
    if (this.#state === "refused") {
      if (isInvite && status >= 300) send(acknowledge(response));
      return;
    }
    if (this.#state === "accepted") {
      if (status >= 200 && status < 300) onOutcome({ type: "response", response });
      return;
    }
    if (status < 200) {
      this.#proceed();
    } else if (isInvite && status < 300) {
      this.#settle("accepted", TRANSACTION_MS);
    } else if (isInvite) {
      send(acknowledge(response));
      this.#settle("refused", isReliable ? 0 : REFUSED_AGAIN_MS);
    } else {
      this.#settle("refused", isReliable ? 0 : T4_MS);
    }
    onOutcome({ type: "response", response });
  }

  /** It could not be sent. */
  fail(error: Error): void {
    if (this.#state !== "calling" && this.#state !== "proceeding") return;
    this.end();
    this.#options.onOutcome({ type: "failed", error });
  }

  /** Forgets it. Harmless when repeated. */
  end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#resending.stop();
    this.#cancelTimer();
    this.#options.onEnd();
  }

  /** Somebody works on it: an INVITE takes as long as its phone rings, others are sent at the longest interval. */
  #proceed(): void {
    if (this.#state === "proceeding") return;
    this.#state = "proceeding";
    if (!this.#options.isInvite) return;
    this.#resending.stop();
    this.#cancelTimer();
  }

  #settle(state: "accepted" | "refused", forMs: number): void {
    this.#resending.stop();
    this.#cancelTimer();
    this.#state = state;
    if (forMs === 0) this.end();
    else this.#cancelTimer = this.#options.clock.after(forMs, () => this.end());
  }
}
