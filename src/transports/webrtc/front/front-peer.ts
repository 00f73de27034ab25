import type { ConnectivityCheck } from "../../../protocol/stun/connectivity-check.ts";
import { CheckGate, type CheckGateOptions } from "./check-gate.ts";

/** Where the engine receives one peer's packets, on this machine. */
export interface EngineAddress {
  readonly address: string;
  readonly port: number;
}

export interface FrontPeerOptions extends CheckGateOptions {
  readonly engine: EngineAddress;
}

/** More ways in than this are refused; Chromium opens one for each TURN server and network interface. */
const MAX_FLOWS = 16;

/** A flow as its peer knows it. */
export interface PeerFlow {
  close(): void;
}

/** One peer that may come in through the front: its credentials, and the ways in that it has. */
export class FrontPeer {
  readonly engine: EngineAddress;
  readonly #gate: CheckGate;
  readonly #flows = new Set<PeerFlow>();
  #closed = false;

  constructor(options: FrontPeerOptions) {
    this.engine = options.engine;
    this.#gate = new CheckGate(options);
  }

  get iceUfrag(): string {
    return this.#gate.iceUfrag;
  }

  /** Whether it may have one more way in. */
  get hasRoom(): boolean {
    return !this.#closed && this.#flows.size < MAX_FLOWS;
  }

  /** The check as the engine takes it, or `undefined` when this peer did not sign it, or is gone. */
  admit(bytes: Uint8Array, check: ConnectivityCheck): Uint8Array | undefined {
    return this.#closed ? undefined : this.#gate.admit(bytes, check);
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
}
