import { createHmac } from "node:crypto";
import type { Clock } from "../../../async/clock.ts";
import {
  type ConnectivityCheck,
  type HmacSha1,
  isSignedWith,
  withTieBreaker,
} from "../../../protocol/stun/connectivity-check.ts";

export interface CheckGateOptions {
  /** This end's ICE credentials for one peer. */
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly clock: Clock;
}

/** Signatures that turn out wrong, per second; beyond that none is verified until the second is over. */
const MAX_FORGERIES = 50;
const FORGERY_WINDOW_MS = 1000;
/** The lowest that the engine takes: in a conflict of roles it gives way, as zero would (RFC 8445 section 7.3.1.1). */
const LOWEST_TIE_BREAKER = 1n;

const hmacSha1: HmacSha1 = (key, data) => createHmac("sha1", key).update(data).digest();

/** Lets in the checks that one peer has signed, mended where the engine could not read them. */
export class CheckGate {
  readonly iceUfrag: string;
  readonly #password: Uint8Array;
  readonly #clock: Clock;
  #forgeries = 0;
  #windowEndsMs = 0;

  constructor({ iceUfrag, icePwd, clock }: CheckGateOptions) {
    this.iceUfrag = iceUfrag;
    this.#password = Buffer.from(icePwd);
    this.#clock = clock;
  }

  /** The check as the engine takes it, or `undefined` when it is not the peer's. */
  admit(bytes: Uint8Array, check: ConnectivityCheck): Uint8Array | undefined {
    if (check.receiverUfrag !== this.iceUfrag || this.#isFlooded()) return undefined;
    if (!isSignedWith(bytes, check, this.#password, hmacSha1)) {
      this.#forgeries += 1;
      return undefined;
    }
    if (check.tieBreaker !== 0n) return bytes;
    return withTieBreaker(bytes, check, LOWEST_TIE_BREAKER, this.#password, hmacSha1);
  }

  #isFlooded(): boolean {
    const now = this.#clock.nowMs();
    if (now >= this.#windowEndsMs) {
      this.#windowEndsMs = now + FORGERY_WINDOW_MS;
      this.#forgeries = 0;
    }
    return this.#forgeries >= MAX_FORGERIES;
  }
}
