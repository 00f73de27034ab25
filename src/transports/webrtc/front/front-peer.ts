import { createHmac } from "node:crypto";
import type { Clock } from "../../../async/clock.ts";
import {
  type ConnectivityCheck,
  type HmacSha1,
  isSignedWith,
  withTieBreaker,
} from "../../../protocol/stun/connectivity-check.ts";

/** Where the engine receives one peer's packets, on this machine. */
export interface EngineAddress {
  readonly address: string;
  readonly port: number;
}

export interface FrontPeerOptions {
  /** This end's ICE credentials. */
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly engine: EngineAddress;
  readonly clock: Clock;
}

/** More ways in than this are refused; Chromium opens one for each TURN server and network interface. */
const MAX_FLOWS = 16;
/** Signatures that turn out wrong, per second; beyond that none is verified until the second is over. */
const MAX_FORGERIES = 50;
const FORGERY_WINDOW_MS = 1000;
/** The lowest that the engine takes: in a conflict of roles it gives way, as zero would (RFC 8445 section 7.3.1.1). */
const LOWEST_TIE_BREAKER = 1n;

const hmacSha1: HmacSha1 = (key, data) => createHmac("sha1", key).update(data).digest();

/** A flow as its peer knows it. */
export interface PeerFlow {
  close(): void;
}

/** One peer that may come in through the front: its credentials, and how often it does. */
export class FrontPeer {
  readonly iceUfrag: string;
  readonly engine: EngineAddress;
  readonly #password: Uint8Array;
  readonly #clock: Clock;
  readonly #flows = new Set<PeerFlow>();
  #forgeries = 0;
  #windowEndsMs = 0;
  #closed = false;

  constructor({ iceUfrag, icePwd, engine, clock }: FrontPeerOptions) {
    this.iceUfrag = iceUfrag;
    this.engine = engine;
    this.#password = Buffer.from(icePwd);
    this.#clock = clock;
  }

  /** Whether it may have one more way in. */
  get hasRoom(): boolean {
    return !this.#closed && this.#flows.size < MAX_FLOWS;
  }

  /** The check as the engine takes it, or `undefined` when this peer did not sign it. */
  admit(bytes: Uint8Array, check: ConnectivityCheck): Uint8Array | undefined {
    if (this.#closed || check.receiverUfrag !== this.iceUfrag || this.#isFlooded()) return undefined;
    if (!isSignedWith(bytes, check, this.#password, hmacSha1)) {
      this.#forgeries += 1;
      return undefined;
    }
    if (check.tieBreaker !== 0n) return bytes;
    return withTieBreaker(bytes, check, LOWEST_TIE_BREAKER, this.#password, hmacSha1);
  }

  addFlow(flow: PeerFlow): void {
    this.#flows.add(flow);
  }

  removeFlow(flow: PeerFlow): void {
    this.#flows.delete(flow);
  }

  close(): void {
    this.#closed = true;
    for (const flow of [...this.#flows]) flow.close();
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
