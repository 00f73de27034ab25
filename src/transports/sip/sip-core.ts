import type { Clock } from "../../async/clock.ts";
import type { HeaderLine } from "../../protocol/sip/write-sip-message.ts";
import type { Logger } from "../../session/logger.ts";
import type { CallMedia } from "./call-media.ts";
import type { SipAddress } from "./sip-address.ts";
import type { SipCall } from "./sip-call.ts";
import type { TransactionLayer } from "./transaction-layer.ts";

/** Our side of the way to somebody. */
export interface SipPlace {
  /** The address that they reach us at. */
  readonly host: string;
  readonly port: number;
  /** The value of Contact. */
  readonly contact: string;
}

/** What calls and registrations share. */
export interface SipCore {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly layer: TransactionLayer;
  /** So many random bytes as hexadecimal digits. */
  readonly random: (bytes: number) => string;
  /** The calls that stand, by their dialog. */
  readonly calls: Map<string, SipCall>;
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
