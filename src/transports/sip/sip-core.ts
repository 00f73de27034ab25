import type { Clock } from "../../async/clock.ts";
import type { SipRequest } from "../../protocol/sip/sip-message.ts";
import type { HeaderLine } from "../../protocol/sip/write-sip-message.ts";
import type { Logger } from "../../session/logger.ts";
import type { CallMedia } from "./call-media.ts";
import type { SipAddress } from "./sip-address.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import type { TransactionLayer } from "./transaction-layer.ts";

/** Our side of the way to somebody. */
export interface SipPlace {
  /** The address that they reach us at. */
  readonly host: string;
  readonly port: number;
  /** The value of Contact. */
  readonly contact: string;
}

/** A call that was answered, as requests within it find it. */
export interface StandingCall {
  request(transaction: ServerTransaction): void;
  /** The far end has our answer to its INVITE. */
  acknowledged(request: SipRequest): void;
  /** Hangs up at once: the endpoint closes. */
  stop(): void;
}

/** What calls and registrations share. */
export interface SipCore {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly layer: TransactionLayer;
  /** So many random bytes as hexadecimal digits. */
  readonly random: (bytes: number) => string;
  /** The calls that stand, by their dialog. */
  readonly calls: Map<string, StandingCall>;
  /** Where somebody reaches us. */
  place(peer: SipAddress): Promise<SipPlace>;
  /** Opens the ports for a call's sound. */
  openMedia(peer: SipAddress, place: SipPlace): Promise<CallMedia>;
}

/** What is understood here, as Allow and Accept say it. */
export const ABILITIES: readonly HeaderLine[] = [
  ["Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"],
  ["Accept", "application/sdp"],
];

export const SDP_TYPE = "application/sdp";
