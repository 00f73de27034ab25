import { FastRtcError } from "./errors.ts";
import type { Logger } from "./session/logger.ts";
import type { Modality } from "./session/modality.ts";
import type { Peers } from "./session/peers.ts";
import { SipEndpoint } from "./transports/sip/sip-endpoint.ts";
import type { SipOptions } from "./transports/sip/sip-options.ts";

/**
 * Opens the SIP endpoint of a Stream with these peers.
 * @throws {FastRtcError} `invalid_argument` when there is no audio; `invalid_option`, `port_in_use`, `registration_failed`.
 */
export async function openSip(
  { peers, modality, logger }: { readonly peers: Peers; readonly modality: Modality; readonly logger: Logger },
  options: SipOptions = {},
): Promise<SipEndpoint> {
  if (modality === "video") {
    throw new FastRtcError("invalid_argument", 'A Stream of modality "video" cannot be called by telephone.');
  }
  const { registry } = peers;
  return SipEndpoint.open(options, {
    sessions: { registry, createSession: (id, headers) => peers.createSession(id, "telephone", headers) },
    logger,
  });
}
