import type { NameAddress } from "./name-address.ts";
import type { SipHeaders } from "./sip-headers.ts";
import type { Via } from "./via.ts";

/** What every SIP message has (RFC 3261 §8.1.1), read. */
export interface SipEnvelope {
  readonly headers: SipHeaders;
  /** From the newest hop to the oldest; at least one. */
  readonly vias: readonly [Via, ...Via[]];
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly callId: string;
  readonly cseq: { readonly sequence: number; readonly method: string };
  readonly body: Uint8Array;
}

/** A request that came in. */
export interface SipRequest extends SipEnvelope {
  readonly type: "request";
  readonly method: string;
  readonly uri: string;
}

/** A response that came in. */
export interface SipResponse extends SipEnvelope {
  readonly type: "response";
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;
}

/** The tag by which one side of a dialog is known (RFC 3261 §19.3). */
export function tagOf(side: NameAddress): string | undefined {
  return side.parameters.get("tag") || undefined;
}
